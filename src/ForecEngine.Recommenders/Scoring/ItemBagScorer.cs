// Scores users with item bags (Models/ItemBag.cs). A score is one chain of multiply-adds that starts at the bias, alone and in a block, so
// both have the same bits.

namespace ForecEngine.Recommenders.Scoring;

internal sealed class ItemBagScorer : IScorer
{
    private const int BlockUsers = 128;

    private readonly IDevice _device;
    private readonly ItemBag _model;
    private readonly UserHistories _histories;
    private readonly int _market;
    private readonly Real[] _in;
    private readonly Real[] _last;
    private readonly Real[] _out;
    private readonly Real[] _bias;
    private readonly int _dimension;
    private int[] _listed = [];
    private Matrix _vectors;
    private Matrix _weights;
    private Matrix _scores;
    private Slice<Real> _biases;

    public ItemBagScorer(IDevice device, ItemBag model, int market, UserHistories histories)
    {
        (_device, _model, _histories, _market, _dimension) = (device, model, histories, market, model.Dimension);
        (_in, _last, _out) = (Values(model.In), Values(model.Last), Values(model.Out));
        _bias = new Real[model.Items];
        model.Bias.Value.Values.Part(market * model.Items, model.Items).Read(_bias);

        static Real[] Values(Parameter table)
        {
            Real[] values = new Real[table.Value.Values.Length];
            table.Value.Values.Read(values);
            return values;
        }
    }

    public void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        if (users.Length != items.Length || items.Length != scores.Length)
        {
            throw new ArgumentException(
                $"{users.Length} users, {items.Length} items and {scores.Length} scores; expects equal numbers", nameof(scores));
        }

        Real[] vector = new Real[_dimension];
        for (int i = 0; i < users.Length; i++)
        {
            if (i == 0 || users[i] != users[i - 1])
                Vector(_histories.Of(users[i]), vector);
            scores[i] = Dot(vector, items[i]);
        }
    }

    public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        if (scores.Length != (long)users.Length * items.Length)
            throw new ArgumentException($"{scores.Length} scores for {users.Length} users times {items.Length} items", nameof(scores));
        if (items.IsEmpty)
            return;
        List(items);
        Real[] vectors = new Real[BlockUsers * _dimension];
        for (int first = 0; first < users.Length; first += BlockUsers)
        {
            int count = Math.Min(BlockUsers, users.Length - first);
            for (int i = 0; i < count; i++)
                Vector(_histories.Of(users[first + i]), vectors.AsSpan(i * _dimension, _dimension));
            Span<Real> block = scores.Slice(first * items.Length, count * items.Length);
            if (_device.IsHost)
            {
                _vectors.Values.Write(vectors);
                Matrix some = new(_vectors.Values.Part(0, count * _dimension), count, _dimension);
                Matrix results = new(_scores.Values.Part(0, block.Length), count, items.Length);
                _device.Dense(some, _weights, _biases, results);
                results.Values.Read(block);
                continue;
            }

            // A GPU rounds differently alone and in a block.
            for (int i = 0; i < block.Length; i++)
                block[i] = Dot(vectors.AsSpan(i / items.Length * _dimension, _dimension), items[i % items.Length]);
        }
    }

    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) =>
        new ItemBagScorer(_device, _model, _market, UserHistories.Of(histories));

    // Gathers the items' vectors and biases, unless they are those of the last call.
    private void List(ReadOnlySpan<int> items)
    {
        if (!_device.IsHost || items.SequenceEqual(_listed))
            return;
        _listed = items.ToArray();
        Real[] weights = new Real[items.Length * _dimension];
        for (int i = 0; i < items.Length; i++)
            _out.AsSpan(items[i] * _dimension, _dimension).CopyTo(weights.AsSpan(i * _dimension));
        _weights = New(items.Length, _dimension);
        _weights.Values.Write(weights);
        _biases = _device.Allocate<Real>(items.Length).Slice();
        _biases.Write([.. _listed.Select(item => _bias[item])]);
        _vectors = New(BlockUsers, _dimension);
        _scores = New(BlockUsers, items.Length);

        Matrix New(int rows, int columns) => new(_device.Allocate<Real>(checked(rows * columns)).Slice(), rows, columns);
    }

    private void Vector(History history, Span<Real> vector)
    {
        vector.Clear();
        double total = 0;
        for (int place = 0; place < history.Items.Length; place++)
            total += _model.Recency.Of(history, place);
        double root = Math.Sqrt(Math.Max(1, total));
        for (int place = 0; place < history.Items.Length; place++)
            Add(_in, history.Items[place], (Real)(_model.Recency.Of(history, place) / root), vector);
        if (history.IsTimed && history.Items.Length > 0)
            Add(_last, history.Items[^1], 1, vector);
    }

    private void Add(Real[] table, int item, Real weight, Span<Real> vector)
    {
        ReadOnlySpan<Real> row = table.AsSpan(item * _dimension, _dimension);
        for (int i = 0; i < vector.Length; i++)
            vector[i] = Real.FusedMultiplyAdd(weight, row[i], vector[i]);
    }

    private Real Dot(ReadOnlySpan<Real> vector, int item)
    {
        Real sum = _bias[item];
        ReadOnlySpan<Real> row = _out.AsSpan(item * _dimension, _dimension);
        for (int i = 0; i < vector.Length; i++)
            sum = Real.FusedMultiplyAdd(vector[i], row[i], sum);
        return sum;
    }
}
