// SyntheticMarket has sizes in the proportions of XMarket.

using ForecEngine.Recommenders.Data;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public class SyntheticMarketTests
{
    [Fact]
    public void At_scale_one_the_sizes_are_those_of_XMarket()
    {
        SyntheticMarket jp = Assert.Single(SyntheticMarket.XMarket(1, "jp"));
        Assert.Equal((487, 955, 4485), (jp.Users, jp.Items, jp.Ratings));
        Assert.Equal("jp_5core.txt", jp.FileName);
        Assert.Equal(["ca", "de", "fr", "in", "jp", "mx", "uk", "us"], SyntheticMarket.XMarket(1).Select(market => market.Name));
        Assert.Equal(4_164_363, SyntheticMarket.Us.Ratings);
        Assert.Equal("us.txt", SyntheticMarket.Us.FileName);
    }

    [Fact]
    public void At_a_tiny_scale_markets_can_still_be_split_and_sampled() => Assert.All(
        SyntheticMarket.XMarket(0.001),
        market => Assert.True(market is { Users: >= 64, Items: >= 128 } && market.Ratings >= 7 * market.Users));

    [Fact]
    public void A_market_like_us_has_its_proportions_at_any_size()
    {
        Assert.Equal((2_784_128, 35_943), (SyntheticMarket.Us.Users, SyntheticMarket.Us.Items));
        Assert.Equal(SyntheticMarket.Us, SyntheticMarket.LikeUs(4_164_363));
        SyntheticMarket small = SyntheticMarket.LikeUs(100_000);
        Assert.Equal((66_856, 863, 100_000), (small.Users, small.Items, small.Ratings));
        Assert.Equal(128, SyntheticMarket.LikeUs(1_000).Items);
        string message = Assert.Throws<ArgumentException>(() => SyntheticMarket.LikeUs(50)).Message;
        Assert.Equal("50 rows would give 33 users; expects at least 64", message);
    }

    [Theory]
    [InlineData(0, "jp", "expects a scale above 0 and at most 1, got 0")]
    [InlineData(1.5, "jp", "expects a scale above 0 and at most 1, got 1.5")]
    [InlineData(double.NaN, "jp", "expects a scale above 0 and at most 1, got NaN")]
    [InlineData(1, "xx", "market 'xx' is unknown; the synthetic markets are ca, de, fr, in, jp, mx, uk, us")]
    [InlineData(1, "jp,jp", "market 'jp' is given twice")]
    public void A_wrong_scale_or_name_is_refused_and_the_message_says_what_is_expected(double scale, string names, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => SyntheticMarket.XMarket(scale, names.Split(','))).Message);
}
