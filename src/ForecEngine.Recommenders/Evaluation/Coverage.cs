// How much of a market's catalogue users are shown: the share of the items that are in some user's list of ten, and the Gini coefficient of
// how often each item is shown, G = sum of (2 i - n - 1) x_i / (n sum of x_i) over the n items by ascending count x_i, i from 1: 0 if all
// items are shown equally often, nearly 1 if a few items fill all lists.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>The items in users' lists of the best ten (<see cref="RankedLists.Top"/>).</summary>
/// <param name="Lists">The number of lists.</param>
/// <param name="Items">The number of items of the market.</param>
/// <param name="Shown">The number of items that are in at least one list.</param>
/// <param name="Gini">The Gini coefficient of the counts of all items; 0 without lists.</param>
public sealed record Coverage(int Lists, int Items, int Shown, double Gini)
{
    /// <summary>The share of the items that are in at least one list.</summary>
    public double Share => Items == 0 ? 0 : (double)Shown / Items;

    /// <summary>The coverage of a ranking; null unless it is among all items.</summary>
    public static Coverage? Of(RankedLists? ranked)
    {
        if (ranked is not { IsFull: true })
            return null;
        int[] counts = [.. ranked.Shown.Order()];
        double sum = 0, weighted = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            weighted += ((2.0 * (i + 1)) - counts.Length - 1) * counts[i];
        }

        return new Coverage(
            ranked.Lists.Count, counts.Length, counts.Count(count => count > 0), sum == 0 ? 0 : weighted / (counts.Length * sum));
    }
}
