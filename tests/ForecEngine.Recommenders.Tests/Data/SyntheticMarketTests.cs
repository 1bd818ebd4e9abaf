// SyntheticMarket: sizes in XMarket's proportions.

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
    public void A_tiny_scale_leaves_markets_that_can_be_split_and_sampled() => Assert.All(
        SyntheticMarket.XMarket(0.001),
        market => Assert.True(market is { Users: >= 64, Items: >= 128 } && market.Ratings >= 7 * market.Users));

    [Fact]
    public void A_market_like_us_of_any_size_keeps_its_proportions()
    {
        Assert.Equal((2_784_128, 35_943), (SyntheticMarket.Us.Users, SyntheticMarket.Us.Items));
        Assert.Equal(SyntheticMarket.Us, SyntheticMarket.LikeUs(4_164_363));
        SyntheticMarket small = SyntheticMarket.LikeUs(100_000);
        Assert.Equal((66_856, 863, 100_000), (small.Users, small.Items, small.Ratings));
        Assert.Equal(128, SyntheticMarket.LikeUs(1_000).Items);
        Assert.StartsWith("50 rows would be of 33 users; 64 are the least", Assert.Throws<ArgumentException>(() => SyntheticMarket.LikeUs(50)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "jp", "scale 0: a number above 0 and not above 1 is needed")]
    [InlineData(1.5, "jp", "scale 1.5: a number above 0 and not above 1 is needed")]
    [InlineData(double.NaN, "jp", "scale NaN: a number above 0 and not above 1 is needed")]
    [InlineData(1, "xx", "market 'xx' is unknown; the synthetic markets are ca, de, fr, in, jp, mx, uk, us")]
    [InlineData(1, "jp,jp", "market 'jp' is named twice; once is enough")]
    public void Wrong_sizes_are_refused_with_what_would_be_right(double scale, string names, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => SyntheticMarket.XMarket(scale, names.Split(','))).Message, StringComparison.Ordinal);
}
