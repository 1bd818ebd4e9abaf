// Models of pairs of items that share users: score(u, j) = the sum of w s(i, j) over the items i of user u, with the weights w of Recency.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Item neighbours as a model.</summary>
/// <param name="histories">The items of each user.</param>
/// <param name="near">For each item, the items that have it among their nearest neighbours.</param>
/// <param name="similarities">Its similarity to each of them.</param>
/// <param name="recency">The weights of a user's items.</param>
public sealed class ItemNeighbours(UserHistories histories, SparseRows near, Real[] similarities, Recency recency) : IFittedModel
{
    /// <summary>A model from the neighbours that each item adds to.</summary>
    internal static ItemNeighbours Of(UserHistories histories, IReadOnlyList<IReadOnlyList<Neighbour>> near, Recency recency) => new(
        histories, SparseRows.Of([.. near.Select(row => row.Select(neighbour => neighbour.Item).ToArray())]),
        [.. near.SelectMany(row => row.Select(neighbour => neighbour.Similarity))], recency);

    private const string Histories = "user_items", Near = "near", Similarities = "near.similarities";

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("itemknn", Recognise, (_, file, shape) =>
    {
        SparseRows near = SparseRows.Read(file, Near, shape.Items);
        Real[] similarities = new Real[file.Find($"{Near}.columns").Count];
        file.Find(Similarities, similarities.Length).CopyTo(similarities);
        return new ItemNeighbours(UserHistories.Read(file, Histories, shape.Items), near, similarities, Recency.Read(file));
    });

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors =>
    [
        .. histories.Tensors(Histories), .. near.Tensors(Near), SafeTensor.Of(Similarities, similarities, similarities.Length),
        recency.Tensor,
    ];

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null)
    {
        Real[] sums = new Real[near.Rows];
        return new HistoryScorer(histories, Score);

        // The user's items are added in the order of the history, so a score has the same bits alone and in a batch.
        void Score(History history, ReadOnlySpan<int> items, Span<Real> scores)
        {
            sums.AsSpan().Clear();
            for (int place = 0; place < history.Items.Length; place++)
            {
                int had = history.Items[place];
                Real weight = recency.Of(history, place);
                ReadOnlySpan<int> others = near.Of(had);
                for (int i = 0; i < others.Length; i++)
                    sums[others[i]] += weight * similarities[near.Start(had) + i];
            }

            for (int i = 0; i < items.Length; i++)
                scores[i] = sums[items[i]];
        }
    }

    private static ModelShape? Recognise(SafetensorsFile file) =>
        file.TryFind($"{Histories}.starts", out SafeTensor? users) && file.TryFind($"{Near}.starts", out SafeTensor? items)
            ? new ModelShape(users.Count - 1, items.Count - 1, Dimension: 0, [])
            : null;
}
