// The k-core filter of Bonab et al. (CIKM 2021): keeps items with k rows or more, then users with k or more of the remaining rows, in
// one pass. Removing users may leave an item with fewer than k rows; further passes repeat both filters until nothing changes.

namespace ForecEngine.Recommenders.Data;

/// <summary>Filters ratings to their k-core.</summary>
public static class KCore
{
    /// <summary>Keeps the rows of items, then of users, that have at least <paramref name="k"/> rows.</summary>
    /// <param name="ratings">The rows.</param>
    /// <param name="k">The fewest rows that an item or a user must have.</param>
    /// <param name="passes">The most passes over both filters.</param>
    /// <exception cref="DataFormatException">No row is left.</exception>
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
            : throw new DataFormatException($"{ratings.Market}: the {k}-core of its {ratings.Count} rows is empty");
    }

    private static int[] WithAtLeast(int[] rows, int k, int[] idOf, int ids)
    {
        int[] counts = new int[ids];
        foreach (int row in rows)
            counts[idOf[row]]++;
        return Array.FindAll(rows, row => counts[idOf[row]] >= k);
    }
}
