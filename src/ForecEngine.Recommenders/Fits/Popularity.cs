// Popularity: score(u, i) = the number of training positives of item i, for every user u.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Counts each item's positives.</summary>
public sealed record PopularityFit : ClosedFit
{
    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        Real[] counts = new Real[input.Tables.Items];
        foreach (PlacedMarket placed in input.Markets)
        {
            for (int row = 0; row < placed.Market.TrainItems.Length; row++)
                counts[placed.ItemRows[placed.Market.TrainItems[row]]] += placed.Market.TrainLabels[row] > 0 ? 1 : 0;
        }

        return new Popularity(counts);
    }
}

/// <summary>Popularity as a model.</summary>
/// <param name="counts">The number of positives of each item, by row.</param>
public sealed class Popularity(Real[] counts) : IFittedModel
{
    private const string Counts = "popularity.weight";

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("pop", Recognise, (_, file, shape) =>
    {
        Real[] counts = new Real[shape.Items];
        file.Find(Counts).CopyTo(counts);
        return new Popularity(counts);
    });

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors => [SafeTensor.Of(Counts, counts, counts.Length)];

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) => new HistoryScorer(UserHistories.Empty, Score);

    private void Score(History history, ReadOnlySpan<int> items, Span<Real> scores)
    {
        for (int i = 0; i < items.Length; i++)
            scores[i] = counts[items[i]];
    }

    private static ModelShape? Recognise(SafetensorsFile file) => file.TryFind(Counts, out SafeTensor? tensor)
        ? new ModelShape(Users: 0, file.Find(Counts, tensor.Count).Count, Dimension: 0, [])
        : null;
}
