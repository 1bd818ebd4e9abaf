// The k-core as Bonab et al. (CIKM 2021) filter: items with k rows or more, then users with k of the rows that are left,
// in one pass. After it an item may have fewer than k rows again; more passes go on until k holds for both or they end.

namespace ForecEngine.Recommenders.Data;

/// <summary>The k-core of ratings.</summary>
public static class KCore
{
    /// <summary>The rows of items, then of users, with at least <paramref name="k"/> rows.</summary>
    /// <param name="ratings">The rows.</param>
    /// <param name="k">The fewest rows an item or a user keeps its place with.</param>
    /// <param name="passes">How often both filters run.</param>
    /// <exception cref="DataFormatException">Nothing is left.</exception>
    public static Ratings Filter(Ratings ratings, int k, int passes = 1)
    {
        int[] rows = [.. Enumerable.Range(0, ratings.Count)];
        for (int pass = 0; pass < passes; pass++)
        {
            int before = rows.Length;
            rows = WithAtLeast(rows, k, ratings.ItemOf, ratings.Items.Count);
            rows = WithAtLeast(rows, k, ratings.UserOf, ratings.Users.Count);
            if (rows.Length == before)
                break;
        }

        return rows.Length > 0
            ? ratings.Select(rows)
            : throw new DataFormatException($"{ratings.Market}: no rows are left of the {k}-core of {ratings.Count}");
    }

    private static int[] WithAtLeast(int[] rows, int k, int[] idOf, int ids)
    {
        int[] counts = new int[ids];
        foreach (int row in rows)
            counts[idOf[row]]++;
        return Array.FindAll(rows, row => counts[idOf[row]] >= k);
    }
}
