// MarketUnion gives every user a row and every item id one row, in any order of the markets.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketUnionTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void Rows_do_not_depend_on_the_order_of_the_markets(Seed seed)
    {
        Market[] markets = [.. ((string[])["de", "jp", "uk", "Ca"]).Select(name => TestMarkets.Prepared(name, seed.Value, users: 4))];
        MarketUnion union = new(markets);
        Market[] shuffled = [.. markets];
        RandomSequence.Named(seed.Value, "test").Shuffle<Market>(shuffled);
        MarketUnion other = new(shuffled);

        Assert.Equal(["Ca", "de", "jp", "uk"], union.Markets.Select(placed => placed.Market.Name));
        Assert.Equal(union.Markets.Select(Describe), other.Markets.Select(Describe));
        Assert.Equal((union.Users, union.Items.Count), (other.Users, other.Items.Count));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void Every_user_has_a_separate_row_and_equal_item_ids_share_a_row(Seed seed)
    {
        MarketUnion union = new([.. ((string[])["uk", "jp", "de"]).Select(name => TestMarkets.Prepared(name, seed.Value, users: 4))]);
        int[] userRows = [.. union.Markets.SelectMany(placed => placed.UserRows)];
        Assert.Equal(Enumerable.Range(0, union.Users), userRows);
        foreach (PlacedMarket placed in union.Markets)
        {
            for (int item = 0; item < placed.Market.Items.Count; item++)
                Assert.Equal(placed.Market.Items.Text(item), union.Items.Text(placed.ItemRows[item]));
        }

        Assert.Equal(
            union.Markets.SelectMany(placed => placed.ItemRows).Distinct().Count(),
            union.Items.Count);
    }

    [Fact]
    public void Markets_are_numbered_by_name_and_their_users_have_consecutive_rows()
    {
        MarketUnion union = new(
            [TestMarkets.Prepared("uk", 1, users: 5), TestMarkets.Prepared("jp", 1, users: 3), TestMarkets.Prepared("de", 1, users: 4)]);
        Assert.Equal(
            [("de", 0, 0), ("jp", 1, 4), ("uk", 2, 7)],
            union.Markets.Select(placed => (placed.Market.Name, placed.Index, placed.UserRows[0])));
    }

    [Fact]
    public void A_market_is_found_by_name_and_the_error_for_an_unknown_one_lists_the_markets()
    {
        MarketUnion union = new([TestMarkets.Prepared("uk", 1), TestMarkets.Prepared("jp", 1)]);
        Assert.Equal("uk", union.Place("uk").Market.Name);
        string message = Assert.Throws<ArgumentException>(() => union.Place("fr")).Message;
        Assert.Contains("'fr' is not among jp, uk", message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_market_and_two_markets_with_the_same_name_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new MarketUnion([]));
        Assert.Throws<ArgumentException>(() => new MarketUnion([TestMarkets.Prepared("uk", 1), TestMarkets.Prepared("uk", 2)]));
    }

    private static string Describe(PlacedMarket placed) =>
        $"{placed.Market.Name} {string.Join(' ', placed.UserRows)}: {string.Join(' ', placed.ItemRows)}";
}
