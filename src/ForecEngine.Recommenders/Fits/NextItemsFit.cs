// The items that users chose soon after an item: s(i, j) = n(i, j) / sqrt((c(i) + 1) (c(j) + 1)), where n(i, j) adds 1 / d for every user
// who chose j as the d-th item after i, for d up to Distance, and c(i) users have i. Histories without times have no order and count
// nothing.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Counts what follows each item.</summary>
/// <param name="Distance">The largest distance between two items of a history.</param>
public sealed record NextItemsFit(int Distance = 5) : ClosedFit, IHistoryFit
{
    /// <inheritdoc/>
    public Recency Recency { get; init; } = new(0.5);

    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        UserHistories histories = UserHistories.Of(input.Markets, input.Tables.Users);
        int[] counts = [.. histories.Items.Transposed(input.Tables.Items).Lengths];
        SortedDictionary<int, double>[] next = new SortedDictionary<int, double>[input.Tables.Items];
        for (int item = 0; item < next.Length; item++)
            next[item] = [];
        for (int user = 0; user < histories.Items.Rows; user++)
        {
            History history = histories.Of(user);
            for (int place = 0; place < history.Items.Length && history.IsTimed; place++)
            {
                SortedDictionary<int, double> after = next[history.Items[place]];
                for (int distance = 1; distance <= Math.Min(Distance, history.Items.Length - 1 - place); distance++)
                {
                    int item = history.Items[place + distance];
                    after[item] = after.GetValueOrDefault(item) + (1.0 / distance);
                }
            }
        }

        return ItemNeighbours.Of(histories, [.. next.Select(Near)], Recency);

        Neighbour[] Near(SortedDictionary<int, double> after, int item) =>
            [.. after.Select(found => new Neighbour(found.Key, (Real)(found.Value / Root(item, found.Key))))];

        double Root(int one, int other) => Math.Sqrt((counts[one] + 1.0) * (counts[other] + 1));
    }
}
