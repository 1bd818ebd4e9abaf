// EASE and EDLAE: linear models of a user's items by the others. With the co-counts G = X'X of the target's items (G[i, j] users have both
// i and j), a share of the other markets' co-counts added, and P = (G + diag(ridge + p / (1 - p) G[i, i]))^-1,
//   B[i, j] = -P[i, j] / P[j, j],   B[j, j] = 0.
// EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019) has p = 0. EDLAE (Steck, "Autoencoders that don't overfit
// towards the Identity", NeurIPS 2020) drops items out with probability p.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Solves for the weights of the target's items.</summary>
/// <param name="Ridge">The number added to the diagonal, above 0.</param>
/// <param name="Dropout">p, from 0 to below 1.</param>
/// <param name="SourceShare">The factor on the co-counts of the other markets.</param>
public sealed record EaseFit(double Ridge = 500, double Dropout = 0, double SourceShare = 1) : ClosedFit, IHistoryFit
{
    private const int MostItems = 46_340; // the root of the longest array

    /// <inheritdoc/>
    public Recency Recency { get; init; } = new();

    /// <inheritdoc/>
    public override bool IsForTarget => true;

    /// <inheritdoc/>
    public override IFittedModel Make(FitInput input)
    {
        int[] rows = input.Target.PoolRows();
        int n = rows.Length;
        if (n > MostItems)
        {
            throw new DataFormatException(
                $"{input.Target.Market.Name}: ease has a weight for each pair of items, and {n} items are too many; at most {MostItems}");
        }

        UserHistories histories = UserHistories.Of(input.Markets, input.Tables.Users);
        Slice<Real> gram = input.Device.Allocate<Real>(n * n).Slice();
        Real[] weights = CoCounts(input, histories, rows);
        for (int i = 0; i < n; i++)
            weights[(i * n) + i] += (Real)(Ridge + (Dropout / (1 - Dropout) * weights[(i * n) + i]));
        gram.Write(weights);
        input.Device.CholeskyInverse(new Matrix(gram, n, n));
        gram.Read(weights);
        Real[] diagonal = [.. Enumerable.Range(0, n).Select(i => weights[(i * n) + i])];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                weights[(i * n) + j] = i == j ? 0 : -weights[(i * n) + j] / diagonal[j];
        }

        return new ItemWeights(histories, rows, input.Tables.Items, weights, Recency);
    }

    // Both halves, although the solver reads one: the sums are exact, because they are of few distinct numbers.
    private Real[] CoCounts(FitInput input, UserHistories histories, int[] rows)
    {
        int n = rows.Length;
        int[] places = ItemWeights.Places(rows, input.Tables.Items);
        Real[] counts = new Real[n * n];
        foreach (PlacedMarket placed in input.Markets)
        {
            Real share = placed.Market.Name == input.Target.Market.Name ? 1 : (Real)SourceShare;
            foreach (int user in placed.UserRows.Where(user => user >= 0))
            {
                int[] had = [.. histories.Of(user).Items.ToArray().Select(item => places[item]).Where(place => place >= 0)];
                foreach (int one in had)
                {
                    foreach (int other in had)
                        counts[(one * n) + other] += share;
                }
            }
        }

        return counts;
    }
}
