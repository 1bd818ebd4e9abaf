// The ids file: markets, users and items come back in their places, and a market is placed among them by its name.

using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class TableIdsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_market_is_placed_as_in_the_union_that_was_written()
    {
        MarketUnion union = new([TestMarkets.Prepared("uk", 1), TestMarkets.Prepared("de", 1, users: 3), TestMarkets.Prepared("jp", 1)]);
        string path = _directory["model.ids.tsv"];
        new TableIds(union).Write(path);
        Assert.Equal(["market\tde", "market\tjp", "market\tuk"], File.ReadLines(path).Take(3));
        TableIds ids = TableIds.Read(path);
        Assert.Equal((3, union.Users, union.Items.Count), (ids.Markets, ids.Users, ids.Items));
        foreach (PlacedMarket placed in union.Markets)
        {
            PlacedMarket found = ids.Place(placed.Market);
            Assert.Equal(placed.Index, found.Index);
            Assert.Equal(placed.UserRows, found.UserRows);
            Assert.Equal(placed.ItemRows, found.ItemRows);
        }

        Assert.Equal(-1, ids.Place(TestMarkets.Prepared("fr", 1)).Index);
    }

    [Fact]
    public void In_a_file_without_markets_they_go_as_users_name_them()
    {
        string path = _directory["old.ids.tsv"];
        File.WriteAllText(path, "user\tuk\tu1\nuser\tuk\tu0\nuser\tjp\tu0\nitem\tshared0\n");
        TableIds ids = TableIds.Read(path);
        Assert.Equal((2, 3, 1), (ids.Markets, ids.Users, ids.Items));
        PlacedMarket jp = ids.Place(TestMarkets.Prepared("jp", 1));
        Assert.Equal((1, 2), (jp.Index, jp.UserRows[0]));
    }

    [Theory]
    [InlineData("market\tuk\nmarket\tuk\n", "market uk has a row already")]
    [InlineData("user\tuk\tu0\nuser\tuk\tu0\n", "user u0 has a row already")]
    [InlineData("item\ta\nitem\ta\n", "item a has a row already")]
    [InlineData("item\ta\nuser\tu0\n", "none of 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' and 'item<TAB>ID'")]
    public void A_line_that_repeats_or_is_none_is_named_with_its_number(string text, string said)
    {
        string path = _directory["bad.ids.tsv"];
        File.WriteAllText(path, text);
        string message = Assert.Throws<DataFormatException>(() => TableIds.Read(path)).Message;
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains("2", message, StringComparison.Ordinal);
    }
}
