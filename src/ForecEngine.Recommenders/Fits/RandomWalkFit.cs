// RP3beta: three steps of a random walk from a user over items and their users to other items, with a penalty on popular items (Paudel,
// Christoffel, Newell and Bernstein, "Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive Applications", TiiS 2017):
//   s(i, j) = the sum over the users v who have both of 1 / (c(i) |v|), divided by c(j)^beta,
// where |v| is the number of items of v and c(i) the number of users of i; for each i, the largest are kept.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Computes the probabilities of the walk.</summary>
/// <param name="Nearest">The number of items that an item leads to.</param>
/// <param name="Beta">The power of the penalty on popular items.</param>
public sealed record RandomWalkFit(int Nearest = 100, double Beta = 0.6) : ClosedFit, IHistoryFit
{
    /// <inheritdoc/>
    public Recency Recency { get; init; } = new();

    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        TableIds tables = input.Tables;
        UserHistories histories = UserHistories.Of(input.Markets, tables.Users);
        int[] counts = [.. histories.Items.Transposed(tables.Items).Lengths];
        double[] weights = [.. histories.Items.Lengths.Select(length => 1.0 / Math.Max(1, length))];
        Neighbour[][] near = Neighbours.Of(histories.Items, tables.ItemRanks(), Nearest, weights, Walk, input.Threads);
        return ItemNeighbours.Of(histories, near, Recency);

        double Walk(int item, int other, double paths) => paths / counts[item] / Math.Pow(counts[other], Beta);
    }
}
