// The statistics that papers give for a data set: users, items, ratings, density, and the number of rows per user.

namespace ForecEngine.Recommenders.Data;

/// <summary>The statistics of a market.</summary>
/// <param name="Market">The market's name.</param>
/// <param name="Users">Users with at least one row.</param>
/// <param name="Items">Items with at least one row.</param>
/// <param name="Ratings">Rows; two ratings of an item by one user count as two.</param>
/// <param name="Density">Ratings / (users x items), a fraction; 0 without rows.</param>
/// <param name="MeanPerUser">The mean number of rows per user.</param>
/// <param name="MedianPerUser">The median number of rows per user; for an even number of users, the mean of the middle two.</param>
/// <param name="MinPerUser">The smallest number of rows of a user.</param>
/// <param name="MaxPerUser">The largest number of rows of a user.</param>
public sealed record MarketStatistics(
    string Market, int Users, int Items, int Ratings, double Density,
    double MeanPerUser, double MedianPerUser, int MinPerUser, int MaxPerUser)
{
    /// <summary>Counts a market's rows.</summary>
    /// <param name="market">The market's name.</param>
    /// <param name="users">User indexes are below this; users without a row do not count.</param>
    /// <param name="items">Item indexes are below this; items without a row do not count.</param>
    /// <param name="userOf">[rows]: the user of each row.</param>
    /// <param name="itemOf">[rows]: the item of each row.</param>
    /// <exception cref="ArgumentException">The two have different lengths.</exception>
    public static MarketStatistics Of(
        string market, int users, int items, ReadOnlySpan<int> userOf, ReadOnlySpan<int> itemOf)
    {
        if (userOf.Length != itemOf.Length)
            throw new ArgumentException($"market {market}: {userOf.Length} rows have users but {itemOf.Length} have items");

        int[] ofUser = new int[users];
        foreach (int user in userOf)
            ofUser[user]++;
        bool[] present = new bool[items];
        foreach (int item in itemOf)
            present[item] = true;

        ofUser.AsSpan().Sort();
        ReadOnlySpan<int> counts = ofUser.AsSpan()[ofUser.AsSpan().Count(0)..];
        int distinctItems = present.AsSpan().Count(true);
        if (counts.IsEmpty)
            return new MarketStatistics(market, 0, 0, 0, 0, 0, 0, 0, 0);

        return new MarketStatistics(
            market, counts.Length, distinctItems, userOf.Length,
            userOf.Length / ((double)counts.Length * distinctItems),
            (double)userOf.Length / counts.Length,
            ((double)counts[(counts.Length - 1) / 2] + counts[counts.Length / 2]) / 2,
            counts[0], counts[^1]);
    }
}
