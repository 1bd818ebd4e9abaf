// The sizes of synthetic markets. Those of the eight Electronics markets of XMarket are from the published code of Bonab et al. (CIKM
// 2021), after its filters, with us in its 10-core form; the authors say that the paper's Table 2 may differ a little. The market
// of the property Us is us before any filter.

namespace ForecEngine.Recommenders.Data;

/// <summary>The sizes of a synthetic market.</summary>
/// <param name="Name">The market's name, which also selects its random draws.</param>
/// <param name="Users">The number of users.</param>
/// <param name="Items">The approximate number of items with rows.</param>
/// <param name="Ratings">The number of rows.</param>
/// <param name="LeastPerUser">The fewest rows of a user.</param>
/// <param name="World">The number of items in all markets together; the market's catalogue is a part of them.</param>
/// <param name="UserIdLength">The length of a user id in characters.</param>
public sealed record SyntheticMarket(
    string Name, int Users, int Items, int Ratings, int LeastPerUser, int World, int UserIdLength)
{
    // With fewer items a user would not have 99 negatives; with fewer users the metrics would be mostly noise.
    private const int LeastUsers = 64;
    private const int LeastItems = 128;

    private const int UsRatings = 4_164_363;

    // The length of Amazon's older ids, half of XMarket's, which keeps the committed files small.
    private const int ShortId = 14;
    private const int XMarketId = 28;

    private static readonly (string Name, int Users, int Items, int Ratings)[] s_electronics =
    [
        ("ca", 4_668, 5_735, 44_779), ("de", 1_851, 2_179, 17_300), ("fr", 1_838, 1_879, 17_624),
        ("in", 239, 470, 2_015), ("jp", 487, 955, 4_485), ("mx", 1_878, 1_645, 17_095),
        ("uk", 3_352, 3_251, 31_547), ("us", 12_234, 24_522, 171_396),
    ];

    /// <summary>A market of the size of XMarket's us before any filter: 4.2 million rows of 2.8 million users.</summary>
    public static SyntheticMarket Us { get; } = LikeUs(UsRatings);

    /// <summary>The name of the market's file, with _5core for a filtered market.</summary>
    public string FileName => LeastPerUser > 1 ? $"{Name}_5core.txt" : $"{Name}.txt";

    /// <summary>The number of items to draw from. It exceeds <see cref="Items"/>, because unpopular items may get no row.</summary>
    internal int Catalogue => LeastPerUser > 1 ? Math.Min(World, Items + (Items / 8)) : Items;

    /// <summary>Markets in the proportions of XMarket's Electronics after its filters.</summary>
    /// <param name="scale">The factor on XMarket's sizes, in (0, 1]; a market has at least 64 users and 128 items.</param>
    /// <param name="names">Some of ca, de, fr, in, jp, mx, uk, us, or none for all. A market's rows do not depend on the others.</param>
    /// <returns>The markets, in the order of <paramref name="names"/>.</returns>
    /// <exception cref="ArgumentException">The scale is out of range, or a name is unknown or repeated.</exception>
    public static IReadOnlyList<SyntheticMarket> XMarket(double scale, params IReadOnlyList<string> names)
    {
        if (!(scale > 0 && scale <= 1))
            throw new ArgumentException(FormattableString.Invariant($"expects a scale above 0 and at most 1, got {scale}"));

        string known = string.Join(", ", s_electronics.Select(market => market.Name));
        int world = s_electronics.Max(market => Scaled(market.Items, scale, LeastItems) * 9 / 8);
        List<SyntheticMarket> markets = [];
        foreach (string name in names.Count == 0 ? s_electronics.Select(market => market.Name) : names)
        {
            (string Name, int Users, int Items, int Ratings) size = Array.Find(s_electronics, market => market.Name == name);
            if (size.Name is null)
                throw new ArgumentException($"market '{name}' is unknown; the synthetic markets are {known}");
            if (markets.Exists(market => market.Name == name))
                throw new ArgumentException($"market '{name}' is given twice");

            int users = Scaled(size.Users, scale, LeastUsers);
            int ratings = (int)((double)size.Ratings / size.Users * users);
            markets.Add(new SyntheticMarket(name, users, Scaled(size.Items, scale, LeastItems), ratings, 7, world, ShortId));
        }

        return markets;
    }

    /// <summary>A market in the proportions of <see cref="Us"/>: three rows for two users.</summary>
    /// <param name="ratings">The number of rows. Below 15,000 rows the number of items stays at its minimum, 128.</param>
    /// <exception cref="ArgumentException">There are too few rows for 64 users.</exception>
    public static SyntheticMarket LikeUs(int ratings)
    {
        double scale = ratings / (double)UsRatings;
        int users = (int)((2_784_128 * scale) + 0.5), items = Scaled(35_943, scale, LeastItems);
        return users >= LeastUsers
            ? new SyntheticMarket("us", users, items, ratings, 1, items, XMarketId)
            : throw new ArgumentException($"{ratings} rows would give {users} users; expects at least {LeastUsers}");
    }

    private static int Scaled(int size, double scale, int least) => Math.Max(least, (int)((size * scale) + 0.5));
}
