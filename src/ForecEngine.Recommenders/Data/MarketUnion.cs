// Several markets in one pair of tables. Users of different markets are different users even where their ids are equal;
// items with the same id are the same item. Markets go by the order of their names, so the rows do not depend on which
// of them is the target. Users and items that only given candidates name have no row: nothing is learned of them.

namespace ForecEngine.Recommenders.Data;

/// <summary>A market and its rows in the tables.</summary>
/// <param name="Market">The market.</param>
/// <param name="UserRows">The row of each of its users; -1 where the tables have none.</param>
/// <param name="ItemRows">The row of each of its items; -1 where the tables have none.</param>
/// <param name="Index">Its place among the markets, in the order of their names; -1 where it is none of them.</param>
public sealed record PlacedMarket(Market Market, int[] UserRows, int[] ItemRows, int Index);

/// <summary>The rows of all users and items of some markets.</summary>
public sealed class MarketUnion
{
    /// <summary>Places markets.</summary>
    /// <exception cref="ArgumentException">There are none, or two of one name.</exception>
    public MarketUnion(IReadOnlyList<Market> markets)
    {
        if (markets.Count == 0 || markets.DistinctBy(m => m.Name).Count() < markets.Count)
            throw new ArgumentException("markets of different names are needed, one at least", nameof(markets));
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

    /// <summary>The markets, in the order of their names.</summary>
    public IReadOnlyList<PlacedMarket> Markets { get; }

    /// <summary>How many users all markets have together.</summary>
    public int Users { get; }

    /// <summary>The items of all markets, by row.</summary>
    public IdTable Items { get; } = new();

    /// <summary>The row of each market's first user.</summary>
    public IReadOnlyList<int> FirstUsers => [.. Markets.Select(placed => placed.UserRows[0])];

    /// <summary>A market by name.</summary>
    /// <exception cref="ArgumentException">It is not among the markets.</exception>
    public PlacedMarket Place(string name) => Markets.FirstOrDefault(m => m.Market.Name == name)
        ?? throw new ArgumentException($"market '{name}' is not among {string.Join(", ", Markets.Select(m => m.Market.Name))}", nameof(name));
}
