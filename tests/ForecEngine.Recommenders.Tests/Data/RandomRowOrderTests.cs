// A split at random holds out distinct rows of each user that depend on the seed, but not on the order of the file or on times.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class RandomRowOrderTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void The_held_out_rows_of_a_user_are_two_distinct_rows_and_the_others_are_trained_on_by_time(Seed seed)
    {
        Ratings ratings = TestMarkets.Random("jp", seed.Value);
        Market market = Market.Prepare(ratings, Rules(seed.Value));
        Assert.Equal(market.Users.Count, market.Test.Count);
        for (int user = 0; user < market.Users.Count; user++)
        {
            int[] own = [.. Enumerable.Range(0, ratings.Count).Where(row => ratings.UserOf[row] == user)];
            Assert.Equal(1, own.Count(row => market.Splits[row] == RowSplit.Test));
            Assert.Equal(1, own.Count(row => market.Splits[row] == RowSplit.Valid));
            int[] trained = [.. own.Where(row => market.Splits[row] == RowSplit.Train)];
            Assert.Equal(
                trained.OrderBy(row => ratings.Time![row]).Select(row => ratings.ItemOf[row]),
                market.TrainItems.ToArray().Where((_, i) => market.TrainUsers[i] == user));
        }

        Assert.All(market.Test.Concat(market.Valid), row => Assert.Equal(1, row.Relevance));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void The_held_out_rows_do_not_depend_on_the_order_of_the_file(Seed seed)
    {
        Ratings ratings = TestMarkets.Random("jp", seed.Value);
        int[] shuffled = [.. Enumerable.Range(0, ratings.Count)];
        RandomSequence.Named(seed.Value, "test/file").Shuffle<int>(shuffled);
        foreach (Ratings rows in (Ratings[])[ratings, ratings with { Time = null }])
            Assert.Equal(HeldOut(rows, seed.Value), HeldOut(rows.Select(shuffled), seed.Value));
    }

    [Fact]
    public void The_seed_the_market_and_the_user_fix_the_held_out_rows()
    {
        Ratings ratings = TestMarkets.Random("jp", 1, users: 200);
        HashSet<string> first = HeldOut(ratings, 1);
        Assert.NotEqual(first, HeldOut(ratings, 2));
        Assert.NotEqual(first, HeldOut(ratings with { Market = "uk" }, 1));

        // Users without any other row than "alone" split as they do among others.
        int[] alone = [.. Enumerable.Range(0, ratings.Count).Where(row => ratings.Users.Text(ratings.UserOf[row]) == "u7")];
        Assert.Subset(first, HeldOut(ratings.Select(alone), 1));
    }

    // With 2,000 users of 10 rows, the number of users whose test row is a given one has a standard deviation of 13.
    [Fact]
    public void Each_row_is_held_out_equally_often()
    {
        Row[] rows =
        [
            .. Enumerable.Range(0, 2000).SelectMany(user =>
                Enumerable.Range(0, 10).Select(item => new Row($"user{user}", $"i{item}", 5, item))),
        ];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), Rules(3));
        foreach (IReadOnlyList<HeldOutRow> part in (IReadOnlyList<HeldOutRow>[])[market.Test, market.Valid])
            Assert.All(part.CountBy(row => row.Item), item => Assert.InRange(item.Value, 200 - 65, 200 + 65));
        int same = market.Test.Zip(market.Valid).Count(pair => pair.First.Item + 1 == pair.Second.Item);
        Assert.InRange(same, 180 - 65, 180 + 65); // 9 of 90 pairs
    }

    [Fact]
    public void Rows_of_one_item_are_held_out_independently()
    {
        Row[] rows =
        [
            .. Enumerable.Range(0, 500).SelectMany(user => Enumerable.Range(0, 8).Select(i => new Row($"u{user}", $"i{i / 2}", 5, 1))),
        ];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), Rules(3));
        Assert.InRange(market.Test.Zip(market.Valid).Count(pair => pair.First.Item == pair.Second.Item), 30, 115); // 1 in 7
    }

    private static SplitRules Rules(ulong seed) => new() { Order = RowOrder.Random, SplitSeed = seed };

    private static HashSet<string> HeldOut(Ratings ratings, ulong seed)
    {
        Market market = Market.Prepare(ratings, Rules(seed));
        return
        [
            .. market.Test.Select(row => $"test {market.Users.Text(row.User)} {market.Items.Text(row.Item)}"),
            .. market.Valid.Select(row => $"valid {market.Users.Text(row.User)} {market.Items.Text(row.Item)}"),
        ];
    }
}
