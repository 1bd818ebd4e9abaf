// A weight for every pair of the target's items: score(u, j) = the sum of w B[i, j] over the items i of user u, with the weights w of
// Recency.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Item weights as a model.</summary>
public sealed class ItemWeights : IFittedModel
{
    private const string Histories = "user_items", Rows = "items", Weights = "item_weights";

    private readonly UserHistories _histories;
    private readonly int[] _rows;
    private readonly int[] _places;
    private readonly Real[] _weights;
    private readonly Recency _recency;

    /// <summary>A model.</summary>
    /// <param name="histories">The items of each user.</param>
    /// <param name="rows">The rows of the target's items in the tables.</param>
    /// <param name="items">The number of rows of the tables.</param>
    /// <param name="weights">The weights, [items of the target, items of the target]: row i has what item i adds to each item.</param>
    /// <param name="recency">The weights of a user's items.</param>
    public ItemWeights(UserHistories histories, int[] rows, int items, Real[] weights, Recency recency)
    {
        (_histories, _rows, _weights, _recency) = (histories, rows, weights, recency);
        _places = Places(rows, items);
    }

    /// <summary>The place of each row of the tables among some distinct rows; -1 for the others.</summary>
    internal static int[] Places(int[] rows, int items)
    {
        int[] places = new int[items];
        places.AsSpan().Fill(-1);
        foreach ((int place, int row) in rows.Index())
            places[row] = place;
        return places;
    }

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("item-weights", Recognise, (_, file, shape) =>
    {
        long[] rows = file.Find(Rows).ToInt64s();
        if (rows.Distinct().Count() < rows.Length || rows.Any(row => row < 0 || row >= shape.Items))
            throw new CheckpointException(file.Path, $"{Rows} is damaged: its rows are not distinct rows of the tables");
        SafeTensor read = file.Find(Weights, rows.Length, rows.Length);
        Real[] weights = new Real[read.Count];
        read.CopyTo(weights);
        return new ItemWeights(
            UserHistories.Read(file, Histories, shape.Items), Array.ConvertAll(rows, row => (int)row), shape.Items, weights,
            Recency.Read(file));
    });

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors =>
    [
        .. _histories.Tensors(Histories), SafeTensor.Of(Rows, Array.ConvertAll(_rows, row => (long)row), _rows.Length),
        SafeTensor.Of(Weights, _weights, _rows.Length, _rows.Length), SafeTensor.Of("items.count", [(long)_places.Length]), _recency.Tensor,
    ];

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) => new HistoryScorer(_histories, Score);

    // A score is a chain of multiply-adds in the order of the history, so it has the same bits whatever the other items are.
    private void Score(History history, ReadOnlySpan<int> items, Span<Real> scores)
    {
        scores.Clear();
        for (int place = 0; place < history.Items.Length; place++)
        {
            if (_places[history.Items[place]] is not (>= 0 and int had))
                continue;
            Real weight = _recency.Of(history, place);
            ReadOnlySpan<Real> row = _weights.AsSpan(had * _rows.Length, _rows.Length);
            for (int i = 0; i < items.Length; i++)
            {
                if (_places[items[i]] is >= 0 and int scored)
                    scores[i] = Real.FusedMultiplyAdd(weight, row[scored], scores[i]);
            }
        }
    }

    private static ModelShape? Recognise(SafetensorsFile file) =>
        file.TryFind($"{Histories}.starts", out SafeTensor? users) && file.TryFind(Weights, out _)
            && file.TryFind("items.count", out SafeTensor? count) && count.Count == 1 && count.ToInt64s()[0] is > 0 and <= int.MaxValue
            ? new ModelShape(users.Count - 1, (int)count.ToInt64s()[0], Dimension: 0, [])
            : null;
}
