// The minibatches of an item bag. A sample is a user with one hidden item, the target; the user's other items are left out with the fit's
// probability, but never all of them. An item's weight falls with its distance from the hidden one on both sides (Recency). In each epoch,
// every user with two items or more is in one minibatch, minibatches are of one market, and all are in random order. A draw depends on the
// epoch and the user alone.

using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Training;

/// <summary>Makes the minibatches of an epoch.</summary>
internal sealed class ItemBagSamples
{
    private readonly Source[] _sources;
    private readonly int[] _firstBatches;
    private readonly UserHistories _histories;
    private readonly ItemBagFit _fit;
    private readonly RandomSequence _draws;
    private KeyedOrder _order;
    private double[] _uniform = [];

    /// <summary>Prepares the minibatches of some markets.</summary>
    /// <param name="markets">The markets.</param>
    /// <param name="histories">The items of each user.</param>
    /// <param name="fit">The settings.</param>
    /// <param name="draws">The draws of all epochs.</param>
    /// <exception cref="DataFormatException">No user has two items.</exception>
    public ItemBagSamples(IReadOnlyList<PlacedMarket> markets, UserHistories histories, ItemBagFit fit, RandomSequence draws)
    {
        (_histories, _fit, _draws) = (histories, fit, draws);
        _sources = [.. markets.Select(placed => new Source(placed, histories)).Where(source => source.Users.Length > 0)];
        if (_sources.Length == 0)
            throw new DataFormatException($"{markets[0].Market.Name}: no user has two positives in training, so nothing can be predicted");
        _firstBatches = new int[_sources.Length + 1];
        for (int i = 0; i < _sources.Length; i++)
            _firstBatches[i + 1] = _firstBatches[i] + ((_sources[i].Users.Length + fit.BatchSize - 1) / fit.BatchSize);
        Begin(0);
    }

    /// <summary>The markets' items by index, as rows in the tables.</summary>
    public IReadOnlyList<int[]> Items => [.. _sources.Select(source => source.Items)];

    /// <summary>The index of each market in the model.</summary>
    public IReadOnlyList<int> Markets => [.. _sources.Select(source => source.Market)];

    /// <summary>The number of minibatches of an epoch.</summary>
    public int Batches => _firstBatches[^1];

    /// <summary>The item rows of the minibatch's histories.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>Their weights.</summary>
    public List<Real> Weights { get; } = [];

    /// <summary>The start of each sample's items, then the number of all.</summary>
    public List<int> Starts { get; } = [];

    /// <summary>The rows of the last items before the hidden ones, of samples that have one.</summary>
    public List<int> LastRows { get; } = [];

    /// <summary>The start of each sample's last item, then the number of all.</summary>
    public List<int> LastStarts { get; } = [];

    /// <summary>The place of each hidden item among the market's items.</summary>
    public List<int> Targets { get; } = [];

    /// <summary>Begins an epoch.</summary>
    public void Begin(int epoch)
    {
        RandomSequence draws = _draws.At(epoch);
        _order = new KeyedOrder(draws, ulong.MaxValue, Batches);
        for (int i = 0; i < _sources.Length; i++)
            _sources[i].Order = new KeyedOrder(draws, ulong.MaxValue - 1 - (ulong)i, _sources[i].Users.Length);
        Epoch = draws;
    }

    private RandomSequence Epoch { get; set; }

    /// <summary>Makes a minibatch of the epoch.</summary>
    /// <returns>The index of its market in <see cref="Items"/>.</returns>
    public int Make(int batch)
    {
        foreach (List<int> list in (ReadOnlySpan<List<int>>)[Rows, Starts, LastRows, LastStarts, Targets])
            list.Clear();
        Weights.Clear();
        Starts.Add(0);
        LastStarts.Add(0);
        int place = _order.At(batch), market = 0;
        while (_firstBatches[market + 1] <= place)
            market++;
        Source source = _sources[market];
        int first = (place - _firstBatches[market]) * _fit.BatchSize, end = Math.Min(source.Users.Length, first + _fit.BatchSize);
        for (int i = first; i < end; i++)
            Add(source, source.Users[source.Order.At(i)]);
        return market;
    }

    private void Add(Source source, int user)
    {
        History history = _histories.Of(user);
        int count = history.Items.Length, begin = Rows.Count;
        if (_uniform.Length < count + 1)
            _uniform = new double[Math.Max(count + 1, 2 * _uniform.Length)];
        Span<double> draws = _uniform.AsSpan(0, count + 1);
        Epoch.Uniform((ulong)user << 32, draws);
        int hidden = (int)(draws[count] * count), last = -1;
        double total = 0;
        for (int place = 0; place < count; place++)
        {
            if (place != hidden && draws[place] >= _fit.Dropout)
                Take(history, place);
        }

        if (Rows.Count == begin)
        {
            int other = (int)(draws[hidden] * (count - 1)); // the draw of the hidden item is not used otherwise
            Take(history, other < hidden ? other : other + 1);
        }

        Real scale = (Real)(1 / Math.Sqrt(Math.Max(1, total)));
        foreach (ref Real weight in CollectionsMarshal.AsSpan(Weights)[begin..])
            weight *= scale;
        Starts.Add(Rows.Count);
        if (last >= 0)
            LastRows.Add(last);
        LastStarts.Add(LastRows.Count);
        Targets.Add(source.Places[history.Items[hidden]]);

        void Take(History items, int place)
        {
            double weight = items.IsTimed ? _fit.Recency.At(Math.Abs(place - hidden)) : 1;
            total += weight;
            Rows.Add(items.Items[place]);
            Weights.Add((Real)weight);
            if (items.IsTimed && place < hidden)
                last = items.Items[place];
        }
    }

    /// <summary>A market's users with two items or more, and its items.</summary>
    private sealed class Source
    {
        public Source(PlacedMarket placed, UserHistories histories)
        {
            Market = placed.Index;
            Users = [.. placed.UserRows.Where(user => user >= 0 && histories.Of(user).Items.Length > 1)];
            Items = placed.PoolRows();
            foreach ((int place, int row) in Items.Index())
                Places[row] = place;
        }

        public int Market { get; }

        public int[] Users { get; }

        public int[] Items { get; }

        public Dictionary<int, int> Places { get; } = [];

        public KeyedOrder Order { get; set; }
    }
}
