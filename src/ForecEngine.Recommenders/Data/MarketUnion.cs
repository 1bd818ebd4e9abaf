// Assigns the rows of a user table and an item table to the users and items of several markets. Users of different markets are
// different users even if their ids are equal; items with the same id are the same item. Markets are sorted by name, so that the
// rows do not depend on which one is the target. Users and items that only occur in given candidates get no row.

namespace ForecEngine.Recommenders.Data;

/// <summary>A market and its rows in the tables.</summary>
/// <param name="Market">The market.</param>
/// <param name="UserRows">The table row of each of its users; -1 for a user who has no row.</param>
/// <param name="ItemRows">The table row of each of its items; -1 for an item that has no row.</param>
/// <param name="Index">Its index among the markets sorted by name; -1 if it is not one of them.</param>
public sealed record PlacedMarket(Market Market, int[] UserRows, int[] ItemRows, int Index)
{
    /// <summary>The table rows of the items that the market has rows of; its further candidates are not among them.</summary>
    internal int[] PoolRows() => [.. ItemRows.Take(Market.PoolSize).Where(row => row >= 0)];
}

/// <summary>The table rows of all users and items of several markets.</summary>
public sealed class MarketUnion
{
    /// <summary>Assigns rows to markets.</summary>
    /// <exception cref="ArgumentException">There is no market, or two have the same name.</exception>
    public MarketUnion(IReadOnlyList<Market> markets)
    {
        if (markets.Count == 0 || markets.DistinctBy(m => m.Name).Count() < markets.Count)
            throw new ArgumentException("expects one or more markets with different names", nameof(markets));
        Market[] ordered = [.. markets.OrderBy(m => m.Name, StringComparer.Ordinal)];
        foreach (Market market in ordered)
        {
            for (int item = 0; item < market.PoolSize; item++)
                Items.Add(market.Items.Utf8(item));
        }

        List<PlacedMarket> placed = [];
        foreach (Market market in ordered)
        {
            int[] userRows = new int[market.Users.Count], itemRows = new int[market.Items.Count];
            for (int user = 0; user < userRows.Length; user++)
                userRows[user] = user < market.UsersWithRows ? Users + user : -1;
            for (int item = 0; item < itemRows.Length; item++)
                itemRows[item] = Items.TryFind(market.Items.Utf8(item), out int row) ? row : -1;
            placed.Add(new PlacedMarket(market, userRows, itemRows, placed.Count));
            Users += market.UsersWithRows;
        }

        Markets = placed;
    }

    /// <summary>The markets, sorted by name.</summary>
    public IReadOnlyList<PlacedMarket> Markets { get; }

    /// <summary>The total number of users with rows.</summary>
    public int Users { get; }

    /// <summary>The items of all markets, by row.</summary>
    public IdTable Items { get; } = new();

    /// <summary>Finds a market by name.</summary>
    /// <exception cref="ArgumentException">It is not among the markets.</exception>
    public PlacedMarket Place(string name) => Markets.FirstOrDefault(m => m.Market.Name == name)
        ?? throw new ArgumentException($"market '{name}' is not among {string.Join(", ", Markets.Select(m => m.Market.Name))}");
}
