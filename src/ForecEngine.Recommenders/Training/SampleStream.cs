// The minibatches of one market, or of several markets as one, epoch by epoch. A pass goes over an epoch's samples (EpochSamples) once, in
// the order of a keyed permutation (KeyedOrder); its last minibatch may be shorter. Further passes in the same epoch use the same
// samples in another order. A SampleWindow holds the columns of several minibatches, which are gathered in one call. In groups, a positive
// and its negatives stay together, and the order is one of groups.

namespace ForecEngine.Recommenders.Training;

/// <summary>Minibatches of (user, item, label) triples, which can be read in any order.</summary>
public sealed class SampleStream
{
    private readonly IDevice _device;
    private readonly EpochSamples _samples;
    private readonly SampleSettings _settings;
    private readonly RandomSequence _orders;
    private readonly int _firstEpoch;
    private readonly InBatchNegatives? _inBatch;
    private readonly int _market;
    private readonly int _markets;
    private readonly SampleStream[] _alone;
    private readonly Minibatch[] _batches;
    private SampleWindow? _window;
    private int _place; // in the window
    private int _first, _taken; // the minibatches in the window
    private long _start; // the place of the window's first sample
    private SampleBatch _gathered; // all samples of the window
    private int _epoch;

    /// <summary>A stream over one or several markets.</summary>
    /// <param name="device">The device that holds the samples.</param>
    /// <param name="markets">The markets.</param>
    /// <param name="settings">The settings of sampling.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="phase">The phase, which selects the order of the samples.</param>
    /// <param name="firstEpoch">Selects the negatives: phases with the same number draw the same ones in their first epoch.</param>
    /// <param name="inGroups">Whether each positive is followed by its negatives, for losses that compare them.</param>
    /// <param name="positivesAlone">Whether the samples are the positives, for losses that need no negatives.</param>
    /// <exception cref="ArgumentException">The markets have no training row, or no negative for groups.</exception>
    /// <exception cref="OverflowException">An epoch has more samples than an array can hold.</exception>
    public SampleStream(
        IDevice device, IReadOnlyList<PlacedMarket> markets, SampleSettings settings, ulong seed, string phase, int firstEpoch,
        bool inGroups = false, bool positivesAlone = false)
    {
        if (positivesAlone)
            settings = settings with { Negatives = 0, NegativeSampling = NegativeSampling.Uniform };
        (_device, _settings, _firstEpoch, _alone) = (device, settings, firstEpoch, [this]);
        string names = string.Join(',', markets.Select(m => m.Market.Name));
        _orders = RandomSequence.Named(seed, $"order/{phase}/{names}");
        long most = markets.Sum(m => (long)m.Market.TrainUsers.Length * (1 + settings.Negatives));
        if (most > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch would have {most} samples, above {Array.MaxLength}; use fewer negatives");
        if (most == 0)
            throw new ArgumentException($"{phase}: {names} has no training row", nameof(markets));
        inGroups |= settings.NegativeSampling == NegativeSampling.InBatch;
        _samples = new EpochSamples(device, markets, settings, seed, inGroups || positivesAlone);
        GroupSize = inGroups ? 1 + settings.Negatives : 1;
        BatchSize = Math.Max(1, settings.BatchSize / GroupSize) * GroupSize;
        if (Length == 0 || (inGroups && settings.Negatives == 0))
        {
            string needed = positivesAlone ? "positive" : "positive with a negative to compare it with";
            throw new ArgumentException($"{phase}: {names} has no {needed}", nameof(markets));
        }

        _inBatch = settings.NegativeSampling == NegativeSampling.InBatch ? new InBatchNegatives(device, GroupSize) : null;
        _batches = [new Minibatch(device, 0), new Minibatch(device, 0)];
        (_market, _markets) = (markets[0].Index, markets.Max(placed => placed.Index) + 1);
    }

    /// <summary>The number of minibatches in a pass.</summary>
    public int Batches => (Length + BatchSize - 1) / BatchSize;

    /// <summary>The most samples in a minibatch.</summary>
    public int BatchSize { get; }

    /// <summary>The number of consecutive samples that stay together.</summary>
    public int GroupSize { get; }

    private int Length => _samples.Storage.Length;

    private SampleWindow Window => _window ?? throw new InvalidOperationException("no memory has been reserved");

    /// <summary>Begins an epoch of several streams and draws their negatives.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="together">The number of threads that draw, which does not change the samples.</param>
    public static void Begin(IReadOnlyList<SampleStream> streams, int epoch, ParallelOptions together)
    {
        (EpochSamples Samples, int Run)[] runs = [.. streams.SelectMany(stream =>
            Enumerable.Range(0, stream._samples.Begin(stream.EpochOfNegatives(epoch))), (stream, run) => (stream._samples, run))];
        Parallel.ForEach(runs, together, run => run.Samples.Draw(run.Run));
        foreach (SampleStream stream in streams)
        {
            if (runs.Length > 0)
                stream._samples.Finish();
            (stream._epoch, stream._taken) = (epoch, 0);
        }
    }

    /// <summary>Allocates memory for minibatches of each stream, so that <see cref="Take"/> allocates none.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="count">The most minibatches at once.</param>
    /// <exception cref="OverflowException">They have more samples than an array can hold.</exception>
    public static void Reserve(IReadOnlyList<SampleStream> streams, int count)
    {
        SampleWindow? window = streams[0]._window;
        int samples = 0, keys = 0;
        bool isShared = window is not null;
        for (int i = 0; i < streams.Count; i++)
        {
            samples = Math.Max(samples, checked(streams[i].BatchSize * count));
            keys = Math.Max(keys, streams[i]._device.IsHost ? 0 : checked(MinibatchRows.BlockLength(streams[i].BatchSize) * count));
            isShared &= streams[i]._window == window;
        }

        if (isShared && window?.Samples >= samples && window.Keys >= keys)
            return;
        foreach (SampleStream stream in streams)
            stream._window?.Free();
        window = new SampleWindow(streams[0]._device, streams.Count, samples, keys);
        for (int i = 0; i < streams.Count; i++)
            streams[i].Use(window, i);
    }

    /// <summary>Gathers consecutive minibatches of each stream. They stay valid until the next call for one of the streams.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="first">The number of the first minibatch.</param>
    /// <param name="count">The number of minibatches.</param>
    public static void Take(IReadOnlyList<SampleStream> streams, int first, int count)
    {
        using OpenSpan span = TraceSpan.OfStage("sampling");
        Reserve(streams, count);
        for (int i = 0; i < streams.Count; i++)
            streams[i].Gather(first, count);
    }

    /// <summary>Begins an epoch, from 0, of this stream.</summary>
    public void Begin(int epoch) => Begin(_alone, epoch, new ParallelOptions { MaxDegreeOfParallelism = 1 });

    /// <summary>The number of samples in a minibatch of the epoch.</summary>
    public int Count(int number) => Math.Min(BatchSize, Length - (number % Batches * BatchSize));

    /// <summary>
    /// A minibatch of the epoch, gathered now if it has not been. It stays valid while only it and its neighbour, of the pairs 0 and 1,
    /// 2 and 3, ..., are read.
    /// </summary>
    /// <param name="number">Its number, from 0; numbers from <see cref="Batches"/> on belong to further passes.</param>
    public Minibatch BatchAt(int number)
    {
        if (number < _first || number >= _first + _taken)
            Take(_alone, number & ~1, 2);
        int from = (int)(StartOf(number) - _start), length = Count(number);
        Minibatch batch = _batches[number & 1];
        batch.Refer(
            new SampleBatch(
                Part(_gathered.Users, number, from, length), Part(_gathered.Items, number, from, length),
                RowIds.Known(_gathered.Markets.Values.Part(from, length), _markets), _gathered.Labels.Part(from, length)),
            _samples.MarketOfUser.IsEmpty ? _market : -1, GroupSize);
        return batch;
    }

    // The rows of a minibatch; they have keys if those of the window have.
    private RowIds Part(RowIds rows, int number, int from, int length)
    {
        Slice<int> part = rows.Values.Part(from, length);
        if (rows.Sorted.IsEmpty)
            return RowIds.Known(part, rows.Bound);
        int block = MinibatchRows.BlockLength(BatchSize);
        return RowIds.Known(part, rows.Bound, rows.Sorted.Part((number - _first) * block, block));
    }

    private void Use(SampleWindow window, int place)
    {
        (_window, _place, _taken) = (window, place, 0);
        _inBatch?.Reserve(window.Samples);
        if (_market > 0 && _samples.MarketOfUser.IsEmpty)
            window.Markets(place).Write(Enumerable.Repeat(_market, window.Samples).ToArray());
    }

    private void Gather(int first, int count)
    {
        SampleWindow window = Window;
        (int place, _first, _taken) = (_place, first, count);
        _start = StartOf(first);
        int samples = (int)(StartOf(first + count) - _start);
        Slice<int> users = window.Users(place).Part(0, samples), items = window.Items(place).Part(0, samples);
        Slice<int> markets = window.Markets(place);
        Slice<Real> labels = window.Labels(place).Part(0, samples);
        _device.TakeSamples(
            new SampleRange(_samples.Storage.Slice(), _orders.At(_epoch), _start, samples, GroupSize), users, items, labels);
        if (_inBatch is not null)
        {
            for (int number = first; number < first + count; number++)
                _inBatch.Add((int)(StartOf(number) - _start), Count(number));
            _inBatch.Replace(items);
        }

        if (!_samples.MarketOfUser.IsEmpty)
            _device.MapRows(_samples.MarketOfUser, RowIds.Known(users, _samples.UserBound), markets.Part(0, samples));

        int keys = window.Keys == 0 ? 0 : count * MinibatchRows.BlockLength(BatchSize);
        Slice<long> userKeys = window.UserKeys(place).Part(0, keys), itemKeys = window.ItemKeys(place).Part(0, keys);
        if (keys > 0)
        {
            _device.SortRows(new MinibatchRows(users, first, count, Length, BatchSize), userKeys);
            _device.SortRows(new MinibatchRows(items, first, count, Length, BatchSize), itemKeys);
        }

        _gathered = new SampleBatch(
            RowIds.Known(users, _samples.UserBound, userKeys), RowIds.Known(items, _samples.ItemBound, itemKeys),
            RowIds.Known(markets, _markets), labels);
    }

    private long StartOf(int number) => MinibatchRows.Start(number, Length, BatchSize);

    // Without redraws all epochs use the negatives of the first one, also if a phase resumes in a later epoch.
    private int EpochOfNegatives(int epoch) => _firstEpoch + (_settings.RedrawNegatives ? epoch : 0);
}
