// How alike two markets are, by what they buy. Section 3.3 of Bonab et al., "Cross-Market Product Recommendation"
// (CIKM 2021) has a matrix of this kind, but its text was not at hand, and the definition here is this engine's own:
// numbers of the two need not agree. For markets a and b, n_a(i) the rows of item i in a, and S the items with rows
// in both,
//
//     cosine  = sum over S of n_a n_b / sqrt(sum over S of n_a^2 x sum over S of n_b^2)
//     Jaccard = |S| / |items of a or b|
//
// The cosine is that of the shares n_a(i) / rows of a too: it does not see how large a market is.

namespace ForecEngine.Recommenders.Data;

/// <summary>How alike two markets are, by a definition of this engine's own, not that of Bonab et al. (CIKM 2021), section 3.3.</summary>
/// <param name="SharedItems">The items that have rows in both.</param>
/// <param name="Jaccard">Shared items / items with rows in either, in [0, 1]; 0 if there are none.</param>
/// <param name="Cosine">The cosine of the markets' shares of interactions over the shared items, in [0, 1]; 0 if there are none.</param>
public readonly record struct MarketPair(int SharedItems, double Jaccard, double Cosine);

/// <summary>The similarity matrix of markets; what it holds is <see cref="MarketPair"/>'s to say.</summary>
public sealed class MarketSimilarity
{
    private readonly int _items;
    private readonly List<string> _markets = [];
    private readonly List<int[]> _rowsOfItem = [];

    /// <summary>An empty matrix over items that all markets share.</summary>
    /// <param name="items">Item indexes are below this, in every market.</param>
    public MarketSimilarity(int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        _items = items;
    }

    /// <summary>The markets, in the order in which they were added.</summary>
    public IReadOnlyList<string> Markets => _markets;

    /// <summary>Two of the markets, by their places in <see cref="Markets"/>.</summary>
    public MarketPair this[int a, int b]
    {
        get
        {
            int[] first = _rowsOfItem[a];
            int[] second = _rowsOfItem[b];
            int shared = 0;
            int either = 0;
            double product = 0;
            double firstSquare = 0;
            double secondSquare = 0;
            for (int item = 0; item < _items; item++)
            {
                double x = first[item];
                double y = second[item];
                either += x + y > 0 ? 1 : 0;
                if (x == 0 || y == 0)
                    continue;
                shared++;
                product += x * y;
                firstSquare += x * x;
                secondSquare += y * y;
            }

            // One root of the product, not two roots: a market's cosine with itself is then exactly 1.
            return shared == 0
                ? new MarketPair(0, 0, 0)
                : new MarketPair(shared, (double)shared / either, product / Math.Sqrt(firstSquare * secondSquare));
        }
    }

    /// <summary>Adds a market.</summary>
    /// <param name="market">Its name.</param>
    /// <param name="itemOf">[rows]: the item of each row.</param>
    public void Add(string market, ReadOnlySpan<int> itemOf)
    {
        int[] rows = new int[_items];
        foreach (int item in itemOf)
            rows[item]++;
        _markets.Add(market);
        _rowsOfItem.Add(rows);
    }
}
