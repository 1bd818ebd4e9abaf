// Item-based nearest neighbours: score(u, i) = the sum of sim(i, j) over items j of user u that are among the nearest neighbours of i
// (Neighbours.cs).

namespace ForecEngine.Recommenders.Fits;

/// <summary>Finds each item's nearest neighbours.</summary>
/// <param name="Nearest">The number of neighbours per item.</param>
/// <param name="Shrink">A number added to the denominator of a similarity.</param>
public sealed record ItemNeighboursFit(int Nearest = 100, double Shrink = 0) : ClosedFit
{
    /// <inheritdoc/>
    public override IFittedModel Make(IReadOnlyList<PlacedMarket> markets, TableIds tables, int threads)
    {
        SparseRows histories = SparseRows.Positives(markets, tables.Users);
        List<Neighbour>[] near = [.. Enumerable.Range(0, tables.Items).Select(_ => new List<Neighbour>())];
        foreach ((int item, Neighbour[] nearest) in Neighbours.Of(histories, tables.ItemRanks(), Nearest, Shrink, threads).Index())
        {
            foreach (Neighbour neighbour in nearest)
                near[neighbour.Item].Add(neighbour with { Item = item });
        }

        return new ItemNeighbours(
            histories,
            SparseRows.Of([.. near.Select(row => row.ConvertAll(neighbour => neighbour.Item))]),
            [.. near.SelectMany(row => row.Select(neighbour => neighbour.Similarity))]);
    }
}

/// <summary>Item neighbours as a model.</summary>
/// <param name="histories">The items of each user.</param>
/// <param name="near">For each item, the items that have it among their nearest neighbours.</param>
/// <param name="similarities">Its similarity to each of them.</param>
public sealed class ItemNeighbours(SparseRows histories, SparseRows near, Real[] similarities) : IFittedModel
{
    private const string Histories = "user_items", Near = "near", Similarities = "near.similarities";

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("itemknn", Recognise, (_, file, shape) =>
    {
        SparseRows near = SparseRows.Read(file, Near, shape.Items);
        Real[] similarities = new Real[file.Find($"{Near}.columns").Count];
        file.Find(Similarities, similarities.Length).CopyTo(similarities);
        return new ItemNeighbours(SparseRows.Read(file, Histories, shape.Items), near, similarities);
    });

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors =>
        [.. histories.Tensors(Histories), .. near.Tensors(Near), SafeTensor.Of(Similarities, similarities, similarities.Length)];

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null)
    {
        Real[] sums = new Real[near.Rows];
        return new HistoryScorer(histories, Score);

        // The user's items are added in ascending order, so a score has the same bits alone and in a batch.
        void Score(ReadOnlySpan<int> history, ReadOnlySpan<int> items, Span<Real> scores)
        {
            sums.AsSpan().Clear();
            foreach (int had in history)
            {
                ReadOnlySpan<int> others = near.Of(had);
                for (int i = 0; i < others.Length; i++)
                    sums[others[i]] += similarities[near.Start(had) + i];
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
