// MarketStatistics counts a market's users, items and rows.

using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public class MarketStatisticsTests
{
    [Property]
    public void The_statistics_agree_with_counts_by_LINQ(byte[] users, byte seed)
    {
        int[] userOf = [.. users.Select(user => user % 9)];
        int[] itemOf = [.. users.Select((_, i) => (i * (seed + 1)) % 13)];
        MarketStatistics statistics = MarketStatistics.Of("x", 9, 20, userOf, itemOf);

        int[] counts = [.. userOf.GroupBy(user => user).Select(rows => rows.Count()).Order()];
        Assert.Equal(counts.Length, statistics.Users);
        Assert.Equal(itemOf.Distinct().Count(), statistics.Items);
        Assert.Equal(userOf.Length, statistics.Ratings);
        Assert.Equal(counts.FirstOrDefault(), statistics.MinPerUser);
        Assert.Equal(counts.LastOrDefault(), statistics.MaxPerUser);
        if (counts.Length > 0)
            Assert.Equal(counts.Average(), statistics.MeanPerUser, 1e-12);
    }

    [Fact]
    public void A_small_market_has_the_statistics_computed_by_hand() => Assert.Equal(
        new MarketStatistics("jp", 2, 3, 4, 4.0 / 6, 2, 2, 1, 3),
        MarketStatistics.Of("jp", 5, 10, [1, 4, 4, 4], [0, 0, 2, 9]));
}
