// SyntheticMarkets writes files with the requested sizes, with fixed bytes, and with items that can be predicted.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public class SyntheticMarketsTests
{
    private sealed record Row(string User, string Item, string Rating, string Date);

    [Property(MaxTest = 20)]
    public void A_market_has_exactly_the_requested_users_and_rows_and_well_formed_lines(
        ulong seed, PositiveInt users, byte extra, bool raw)
    {
        int least = raw ? 1 : 7;
        int count = (users.Get % 60) + 1;
        SyntheticMarket market = new("x", count, 60, Math.Min((least * count) + extra, 30 * count), least, 70, 20);
        Row[] rows = Rows(market, seed);

        Assert.Equal(market.Ratings, rows.Length);
        Assert.Equal(count, rows.Select(row => row.User).Distinct().Count());
        Assert.All(rows.GroupBy(row => row.User), user => Assert.InRange(user.Count(), least, 48));
        Assert.Equal(rows.Length, rows.Select(row => (row.User, row.Item)).Distinct().Count());
        Assert.All(rows, row =>
        {
            Assert.Matches("^AE[A-Z2-7]{18}$", row.User);
            Assert.Matches("^B00[0-9A-Z]{7}$", row.Item);
            Assert.Matches("^[1-5][.]0$", row.Rating);
            DateOnly date = DateOnly.ParseExact(row.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            Assert.InRange(date.Year, 2012, 2020);
        });
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_every_machine()
    {
        SyntheticMarket jp = SyntheticMarket.XMarket(0.05, "jp")[0];
        string digest = Convert.ToHexStringLower(SHA256.HashData(Bytes(jp, 1)));
        Assert.Equal("3578c07f1d626b468513e7272b3cc03f3bab27d70d946c9e8e3ede6c7ccd79bc", digest);
        Assert.NotEqual(Bytes(jp, 2), Bytes(jp, 1));
    }

    [Fact]
    public void The_committed_markets_are_those_that_the_generator_writes()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "ForecEngine.sln")))
            root = root.Parent;
        Assert.NotNull(root);
        foreach (SyntheticMarket market in SyntheticMarket.XMarket(0.25, "uk", "jp", "in"))
            Assert.Equal(File.ReadAllBytes(Path.Combine(root.FullName, "data", market.FileName)), Bytes(market, 1));
    }

    [Fact]
    public void The_rows_of_a_market_do_not_depend_on_the_other_markets() => Assert.Equal(
        Bytes(SyntheticMarket.XMarket(0.05, "uk", "jp")[1], 1), Bytes(SyntheticMarket.XMarket(0.05, "jp")[0], 1));

    [Fact]
    public void Markets_share_items_but_no_users()
    {
        Row[] uk = Rows(SyntheticMarket.XMarket(0.25, "uk")[0], 1);
        Row[] jp = Rows(SyntheticMarket.XMarket(0.25, "jp")[0], 1);
        Assert.Empty(uk.Select(row => row.User).Intersect(jp.Select(row => row.User)));
        HashSet<string> items = [.. jp.Select(row => row.Item)];
        Assert.InRange((double)items.Intersect(uk.Select(row => row.Item)).Count() / items.Count, 0.5, 0.9);
    }

    [Fact]
    public void The_items_of_other_users_predict_an_item_of_a_user()
    {
        // For each user, the item of the last row is compared with the next less popular item that the user lacks: the one that
        // occurs more often with the user's other items, in other users' rows, wins. Without a signal each would win half the time.
        Row[] rows = Rows(SyntheticMarket.XMarket(0.25, "uk")[0], 1);
        string[][] users = [.. rows.GroupBy(row => row.User).Select(user => user.Select(row => row.Item).ToArray())];
        Dictionary<string, int[]> usersOf = users.SelectMany((items, user) => items.Select(item => (item, user)))
            .GroupBy(pair => pair.item).ToDictionary(pairs => pairs.Key, pairs => pairs.Select(pair => pair.user).ToArray());
        string[] byPopularity =
            [.. usersOf.Keys.OrderByDescending(item => usersOf[item].Length).ThenBy(item => item, StringComparer.Ordinal)];

        double better = 0;
        for (int user = 0; user < users.Length; user++)
        {
            HashSet<string> others = [.. users[user][..^1]];
            int place = Array.IndexOf(byPopularity, users[user][^1]);
            int rival = place + 1;
            while (rival < byPopularity.Length && users[user].Contains(byPopularity[rival]))
                rival++;
            if (rival == byPopularity.Length)
                continue;
            int own = Together(byPopularity[place]);
            int its = Together(byPopularity[rival]);
            better += own > its ? 1 : own == its ? 0.5 : 0;

            int Together(string item) => usersOf[item].Where(other => other != user).Sum(other => users[other].Count(others.Contains));
        }

        Assert.InRange(better / users.Length, 0.7, 1);
    }

    [Fact]
    public void Sizes_that_do_not_fit_together_are_refused()
    {
        SyntheticMarket market = new("x", 10, 50, 69, 7, 60, 20);
        string message = Assert.Throws<ArgumentException>(() => Bytes(market, 1)).Message;
        Assert.EndsWith("expects 70 to 280 rows, 7 to 28 for each user", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Bytes(market with { Ratings = 281 }, 1));
        Assert.Throws<ArgumentException>(() => Bytes(market with { World = 40 }, 1));
    }

    private static byte[] Bytes(SyntheticMarket market, ulong seed)
    {
        using MemoryStream stream = new();
        SyntheticMarkets.Write(market, seed, stream);
        return stream.ToArray();
    }

    private static Row[] Rows(SyntheticMarket market, ulong seed)
    {
        string text = Encoding.ASCII.GetString(Bytes(market, seed));
        Assert.StartsWith("userId itemId rate date\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.Split('\n')[1..^1].Select(line => line.Split(' ') is [var user, var item, var rating, var date]
            ? new Row(user, item, rating, date)
            : throw new FormatException(line))];
    }
}
