// The sizes of a synthetic market, and where they come from. The eight are XMarket's Electronics markets, the subject
// of Bonab et al. (CIKM 2021), as that paper's published code counts them after its filters, us in its 10-core form
// (the paper's own Table 2 may differ a little, its authors say); `us` of its own is that market before any filter.

namespace ForecEngine.Recommenders.Data;

/// <summary>The sizes of a synthetic market.</summary>
/// <param name="Name">The market's name, which also gives it its own draws.</param>
/// <param name="Users">How many users it has.</param>
/// <param name="Items">About how many items have rows.</param>
/// <param name="Ratings">How many rows it has.</param>
/// <param name="LeastPerUser">How many rows every user has at least.</param>
/// <param name="World">How many items there are in all markets together; the market's catalogue is a part of them.</param>
/// <param name="UserIdLength">How many characters a user's id has.</param>
public sealed record SyntheticMarket(
    string Name, int Users, int Items, int Ratings, int LeastPerUser, int World, int UserIdLength)
{
    // Smaller markets than this leave no 99 negatives a user, or metrics that are all noise.
    private const int LeastUsers = 64;
    private const int LeastItems = 128;

    private const int UsRatings = 4_164_363;

    // Ids of Amazon's older form, half the length of XMarket's own, keep the committed markets small.
    private const int ShortId = 14;
    private const int XMarketId = 28;

    private static readonly (string Name, int Users, int Items, int Ratings)[] s_electronics =
    [
        ("ca", 4_668, 5_735, 44_779), ("de", 1_851, 2_179, 17_300), ("fr", 1_838, 1_879, 17_624),
        ("in", 239, 470, 2_015), ("jp", 487, 955, 4_485), ("mx", 1_878, 1_645, 17_095),
        ("uk", 3_352, 3_251, 31_547), ("us", 12_234, 24_522, 171_396),
    ];

    /// <summary>One market of the size of XMarket's us before any filter: 4.2 million rows of 2.8 million users.</summary>
    public static SyntheticMarket Us { get; } = LikeUs(UsRatings);

    /// <summary>The name of the market's file: that of a filtered market, or of a whole one.</summary>
    public string FileName => LeastPerUser > 1 ? $"{Name}_5core.txt" : $"{Name}.txt";

    /// <summary>How many items a user of this market can come across: more than get rows, as the last of them get few.</summary>
    internal int Catalogue => LeastPerUser > 1 ? Math.Min(World, Items + (Items / 8)) : Items;

    /// <summary>Markets in the proportions of XMarket's Electronics after its filters.</summary>
    /// <param name="scale">The sizes are this times those of XMarket, though no market has fewer than 64 users and 128 items; in (0, 1].</param>
    /// <param name="names">Which of ca, de, fr, in, jp, mx, uk, us; a market's rows do not depend on the others'. Empty: all.</param>
    /// <returns>The markets, in the order of <paramref name="names"/>.</returns>
    /// <exception cref="ArgumentException">The scale is out of range, or a name is none of them or there twice.</exception>
    public static IReadOnlyList<SyntheticMarket> XMarket(double scale, params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (!(scale > 0 && scale <= 1))
            throw new ArgumentException(FormattableString.Invariant($"scale {scale}: a number above 0 and not above 1 is needed"));

        string known = string.Join(", ", s_electronics.Select(market => market.Name));
        int world = s_electronics.Max(market => Scaled(market.Items, scale, LeastItems) * 9 / 8);
        List<SyntheticMarket> markets = [];
        foreach (string name in names.Count == 0 ? s_electronics.Select(market => market.Name) : names)
        {
            (string Name, int Users, int Items, int Ratings) size = Array.Find(s_electronics, market => market.Name == name);
            if (size.Name is null)
                throw new ArgumentException($"market '{name}' is unknown; the synthetic markets are {known}");
            if (markets.Exists(market => market.Name == name))
                throw new ArgumentException($"market '{name}' is named twice; once is enough");

            int users = Scaled(size.Users, scale, LeastUsers);
            int ratings = (int)((double)size.Ratings / size.Users * users);
            markets.Add(new SyntheticMarket(name, users, Scaled(size.Items, scale, LeastItems), ratings, 7, world, ShortId));
        }

        return markets;
    }

    /// <summary>A market in the proportions of <see cref="Us"/>, three rows for two users.</summary>
    /// <param name="ratings">How many rows it has; with fewer than 15,000 it has more items for them than us has, 128.</param>
    /// <exception cref="ArgumentException">There are too few rows for a market that can be split and sampled.</exception>
    public static SyntheticMarket LikeUs(int ratings)
    {
        double scale = ratings / (double)UsRatings;
        int users = (int)((2_784_128 * scale) + 0.5), items = Scaled(35_943, scale, LeastItems);
        return users >= LeastUsers
            ? new SyntheticMarket("us", users, items, ratings, 1, items, XMarketId)
            : throw new ArgumentException($"{ratings} rows would be of {users} users; {LeastUsers} are the least");
    }

    private static int Scaled(int size, double scale, int least) => Math.Max(least, (int)((size * scale) + 0.5));
}
