// Item-based nearest neighbours by cosine (Sarwar, Karypis, Konstan and Riedl, WWW 2001): s(i, j) = c(i, j) / (sqrt(c(i) c(j)) + shrink) if
// i is among the nearest neighbours of j, where c(i, j) users have both items and c(i) users have i.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Finds each item's nearest neighbours.</summary>
/// <param name="Nearest">The number of neighbours per item.</param>
/// <param name="Shrink">A number added to the denominator of a similarity. It lowers similarities that rest on few users.</param>
public sealed record ItemNeighboursFit(int Nearest = 100, double Shrink = 0) : ClosedFit, IHistoryFit
{
    /// <inheritdoc/>
    public Recency Recency { get; init; } = new();

    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        TableIds tables = input.Tables;
        UserHistories histories = UserHistories.Of(input.Markets, tables.Users);
        int[] counts = [.. histories.Items.Transposed(tables.Items).Lengths];
        double[] weights = [.. Enumerable.Repeat(1.0, tables.Users)];
        Neighbour[][] all = Neighbours.Of(histories.Items, tables.ItemRanks(), Nearest, weights, Cosine, input.Threads);
        List<Neighbour>[] near = [.. Enumerable.Range(0, tables.Items).Select(_ => new List<Neighbour>())];
        foreach ((int item, Neighbour[] nearest) in all.Index())
        {
            foreach (Neighbour neighbour in nearest)
                near[neighbour.Item].Add(neighbour with { Item = item });
        }

        return ItemNeighbours.Of(histories, near, Recency);

        double Cosine(int item, int other, double both) => both / (Math.Sqrt((double)counts[item] * counts[other]) + Shrink);
    }
}
