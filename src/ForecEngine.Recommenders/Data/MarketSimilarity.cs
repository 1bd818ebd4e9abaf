// The similarity of markets by the items that are bought in them. Let n_a(i) be the number of rows of item i in market a, and S the
// items with rows in both a and b. Then
//
//     cosine  = sum over S of n_a n_b / sqrt(sum over S of n_a^2 x sum over S of n_b^2)
//     Jaccard = |S| / |items of a or b|
//
// The cosine does not depend on the sizes of the markets. The definition is this engine's own; Bonab et al., "Cross-Market Product
// Recommendation" (CIKM 2021), section 3.3, has a similar matrix, whose numbers may differ.

namespace ForecEngine.Recommenders.Data;

/// <summary>The similarity of two markets, by this engine's own definition, not that of Bonab et al. (CIKM 2021), section 3.3.</summary>
/// <param name="SharedItems">The number of items with rows in both.</param>
/// <param name="Jaccard">Shared items / items with rows in either, in [0, 1]; 0 without shared items.</param>
/// <param name="Cosine">The cosine of the two markets' row counts over the shared items, in [0, 1]; 0 without shared items.</param>
public readonly record struct MarketPair(int SharedItems, double Jaccard, double Cosine);

/// <summary>The matrix of similarities between markets.</summary>
public sealed class MarketSimilarity
{
    private readonly int _items;
    private readonly List<string> _markets = [];
    private readonly List<int[]> _rowsOfItem = [];

    /// <summary>An empty matrix over one index of items for all markets.</summary>
    /// <param name="items">The number of items; indexes are below it.</param>
    public MarketSimilarity(int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        _items = items;
    }

    /// <summary>The markets, in the order in which they were added.</summary>
    public IReadOnlyList<string> Markets => _markets;

    /// <summary>The similarity of two markets, given by their indexes in <see cref="Markets"/>.</summary>
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

            // One root of the product instead of two roots makes the cosine of a market with itself exactly 1.
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
        Keep(market, rows);
    }

    /// <summary>Adds a market whose rows have been counted.</summary>
    /// <param name="market">Its name.</param>
    /// <param name="rowsOfItem">[items or fewer]: the number of rows of each item; the other items have none.</param>
    public void AddCounts(string market, ReadOnlySpan<int> rowsOfItem)
    {
        int[] rows = new int[_items];
        rowsOfItem.CopyTo(rows);
        Keep(market, rows);
    }

    private void Keep(string market, int[] rows)
    {
        _markets.Add(market);
        _rowsOfItem.Add(rows);
    }
}
