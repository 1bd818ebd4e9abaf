// Fits the vectors of users that a model was not trained on; all other parameters are unchanged. The vectors start at the mean of the
// trained users of the market, or at the vectors of a trained user whose history has grown, and take some steps of Adam on the training
// loss, over the items of the user and, for each positive, negatives that are drawn anew in each step.
//
// A history gives the same bits alone or among other users, on any number of threads: the draws depend on the step and the items of
// the user, the weight of a sample is the same in every batch, and the gradient of a row sums its samples in order.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>The settings of fold-in; docs/methods.md compares the results with training.</summary>
/// <param name="Steps">The number of steps.</param>
/// <param name="LearningRate">The learning rate of Adam.</param>
/// <param name="Negatives">The number of sampled items for each positive.</param>
/// <param name="Loss">The loss, which should be that of training.</param>
/// <param name="Seed">The seed of the draws.</param>
public sealed record FoldInOptions(
    int Steps = 20, double LearningRate = 0.03, int Negatives = 4, RatingLoss Loss = RatingLoss.Bce, ulong Seed = 0);

/// <summary>Fits the vectors of new users.</summary>
public sealed class FoldIn
{
    // Limits memory: on the tape each sample takes a few hundred bytes.
    private const int MostSamples = 1 << 14;

    // A power of two, so that samples x Weight / samples is exact: the gradient of a user does not depend on the others in the batch.
    private const Real Weight = (Real)1 / 16;

    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly int _market;
    private readonly int[] _items;
    private readonly Dictionary<int, int> _places;
    private readonly FoldInOptions _options;
    private readonly Dictionary<string, Real[]> _means;

    /// <summary>Prepares to fit users of a market.</summary>
    /// <param name="device">The device of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="market">The index of the market in the model.</param>
    /// <param name="users">The rows of the trained users of the market, at least one.</param>
    /// <param name="items">The rows of the items of the market, from which negatives are drawn.</param>
    /// <param name="options">The settings.</param>
    public FoldIn(IDevice device, IRecommender model, int market, IReadOnlyList<int> users, IReadOnlyList<int> items, FoldInOptions options)
    {
        if (users.Count == 0)
            throw new ArgumentException("the market has no trained user, whose vector a new user could start from", nameof(users));
        (_device, _model, _market, _items, _options) = (device, model, market, [.. items], options);
        _places = new Dictionary<int, int>(items.Count);
        for (int place = 0; place < items.Count; place++)
            _places[items[place]] = place;
        _means = model.WithUsers(device, 1).Parameters.Where(table => !table.IsFrozen)
            .ToDictionary(table => table.Name, table => Mean(model.Parameters.Single(own => own.Name == table.Name), users));
    }

    /// <summary>The model with the new users instead of its own.</summary>
    /// <exception cref="ArgumentException">A history is empty.</exception>
    public IRecommender Fit(IReadOnlyList<ItemHistory> histories)
    {
        if (histories.Any(history => history.IsEmpty))
            throw new ArgumentException("a user without any item cannot be fitted", nameof(histories));
        IRecommender all = _model.WithUsers(_device, histories.Count);
        for (int first = 0, end = 0; first < histories.Count; first = end)
        {
            int samples = 0;
            while (end < histories.Count && (end == first || samples + Samples(histories[end]) <= MostSamples))
                samples += Samples(histories[end++]);
            IRecommender some = Fit([.. histories.Skip(first).Take(end - first)], samples);
            foreach ((Parameter to, Parameter from) in all.Parameters.Zip(some.Parameters).Where(pair => !pair.First.IsFrozen))
            {
                Real[] vectors = new Real[from.Value.Values.Length];
                from.Value.Values.Read(vectors);
                to.Value.Values.Part(first * to.Value.Columns, vectors.Length).Write(vectors);
            }
        }

        return all;
    }

    private IRecommender Fit(ItemHistory[] histories, int samples)
    {
        IRecommender model = _model.WithUsers(_device, histories.Length);
        Parameter[] tables = [.. model.Parameters.Where(table => !table.IsFrozen)];
        foreach (Parameter table in tables)
            table.Value.Values.Write([.. histories.SelectMany(history => Start(table.Name, history.TrainedUser))]);
        AdamOptimiser adam = new(_device, tables, new AdamOptions(_options.LearningRate));
        LossGradient gradient = new(_device, model, _options.Loss);
        Slice<Real> loss = _device.Allocate<Real>(1).Slice();
        Minibatch batch = new(_device, samples);
        SampleBatch drawn = new(samples, _market);
        int[][] seen = [.. histories.Select(Seen)];
        for (int number = 0; number < _options.Steps; number++)
        {
            RandomSequence draws = RandomSequence.Named(_options.Seed, "fold-in", number);
            drawn.Clear();
            for (int user = 0; user < histories.Length; user++)
                Add(drawn, user, histories[user], seen[user], draws);
            drawn.CopyTo(batch);
            gradient.Add(batch, batch.Count * Weight, loss);
            adam.Update();
        }

        return model;
    }

    private Real[] Start(string table, int? trainedUser)
    {
        if (trainedUser is not { } row)
            return _means[table];
        Matrix vectors = _model.Parameters.Single(own => own.Name == table).Value;
        Real[] vector = new Real[vectors.Columns];
        vectors.Values.Part(row * vectors.Columns, vectors.Columns).Read(vector);
        return vector;
    }

    // An upper bound of a history's samples per step.
    private int Samples(ItemHistory history) => (history.Positives.Count * (1 + _options.Negatives)) + history.Negatives.Count;

    // Items that are not drawn as negatives, as indexes into the market's items.
    private int[] Seen(ItemHistory history)
    {
        IEnumerable<int> places = history.Positives.Concat(history.Negatives).Select(row => _places.GetValueOrDefault(row, -1));
        return [.. places.Where(place => place >= 0).Order()];
    }

    private void Add(SampleBatch batch, int user, ItemHistory history, int[] seen, RandomSequence draws)
    {
        int positives = history.Positives.Count;
        Span<int> places = new int[positives * _options.Negatives];
        int each = positives == 0 ? 0 : UnseenItems.Draw(seen, _items.Length, draws, firstRow: 0, positives, places);
        foreach (int item in history.Positives)
            batch.Add(user, item, label: 1);
        foreach (int place in places[..(positives * each)])
            batch.Add(user, _items[place], label: 0);
        foreach (int item in history.Negatives)
            batch.Add(user, item, label: 0);
    }

    private static Real[] Mean(Parameter table, IReadOnlyList<int> rows)
    {
        int columns = table.Value.Columns;
        double[] sums = new double[columns];
        Real[] vector = new Real[columns];
        foreach (int row in rows)
        {
            table.Value.Values.Part(row * columns, columns).Read(vector);
            for (int i = 0; i < columns; i++)
                sums[i] += vector[i];
        }

        return [.. sums.Select(sum => (Real)(sum / rows.Count))];
    }

    /// <summary>Samples gathered for a minibatch.</summary>
    private sealed class SampleBatch(int capacity, int market)
    {
        private readonly int[] _users = new int[capacity];
        private readonly int[] _items = new int[capacity];
        private readonly Real[] _labels = new Real[capacity];
        private readonly int[] _markets = [.. Enumerable.Repeat(market, capacity)];
        private int _count;

        public void Clear() => _count = 0;

        public void Add(int user, int item, Real label)
        {
            (_users[_count], _items[_count], _labels[_count]) = (user, item, label);
            _count++;
        }

        public void CopyTo(Minibatch batch) =>
            batch.Set(_users.AsSpan(0, _count), _items.AsSpan(0, _count), _labels.AsSpan(0, _count), _markets.AsSpan(0, _count));
    }
}
