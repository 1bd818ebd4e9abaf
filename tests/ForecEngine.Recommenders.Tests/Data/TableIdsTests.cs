// TableIds writes the ids of a model's rows, reads them back, and refuses a damaged file.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class TableIdsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 60)]
    public Property The_ids_read_back_give_every_market_its_rows_of_the_union() =>
        Prop.ForAll(RatingsText.Rows, RatingsText.Rows, (first, second) =>
    {
        MarketUnion union = Union(first, second);
        new TableIds(union).Write(_directory["ids"]);
        TableIds read = TableIds.Read(_directory["ids"]);
        Assert.Equal((2, union.Users, union.Items.Count), (read.Markets, read.Users, read.Items));
        foreach (PlacedMarket placed in union.Markets)
        {
            PlacedMarket again = read.Place(placed.Market);
            Assert.Equal(placed.Index, again.Index);
            Assert.Equal(placed.UserRows, again.UserRows);
            Assert.Equal(placed.ItemRows, again.ItemRows);
        }
    });

    [Property(MaxTest = 200, Arbitrary = [typeof(Generators)])]
    public Property A_damaged_file_is_read_or_refused_in_one_line_that_names_it(Seed seed) => Prop.ForAll(RatingsText.Rows, rows =>
    {
        new TableIds(Union(rows, rows)).Write(_directory["ids"]);
        File.WriteAllBytes(_directory["ids"], RatingsText.Damaged(File.ReadAllBytes(_directory["ids"]), seed.Value));
        try
        {
            TableIds.Read(_directory["ids"]);
        }
        catch (DataFormatException exception)
        {
            Assert.True(RatingsText.IsOneLineOf(_directory["ids"], exception), exception.Message);
        }
    });

    [Fact]
    public void The_market_lines_come_first_sorted_by_name()
    {
        new TableIds(Union([new Row("u", "a", 5, 1)], [new Row("v", "b", 5, 1)])).Write(_directory["ids"]);
        Assert.Equal(["market\tjp", "market\tuk", "user\tjp\tu"], File.ReadLines(_directory["ids"]).Take(3));
    }

    [Fact]
    public void In_a_file_without_market_lines_the_user_lines_determine_their_order()
    {
        File.WriteAllText(_directory["ids"], "user\tuk\tu1\nuser\tuk\tu0\nuser\tjp\tu0\nitem\tshared0\n");
        TableIds ids = TableIds.Read(_directory["ids"]);
        Assert.Equal((2, 3, 1), (ids.Markets, ids.Users, ids.Items));
        PlacedMarket jp = ids.Place(TestMarkets.Prepared("jp", 1));
        Assert.Equal((1, 2), (jp.Index, jp.UserRows[0]));
        Assert.Equal(-1, ids.Place(TestMarkets.Prepared("fr", 1)).Index);
    }

    [Fact]
    public void An_unknown_user_or_item_has_no_row()
    {
        TableIds ids = new(Union([new Row("u", "a", 5, 1)], [new Row("v", "b", 5, 1)]));
        PlacedMarket placed = ids.Place(
            Market.Prepare(TestMarkets.Ratings("jp", new Row("u", "b", 5, 1), new Row("v", "c", 5, 2)), SplitRules.TrainOnAll));
        Assert.Equal([0, -1], placed.UserRows);
        Assert.Equal([1, -1], placed.ItemRows);
    }

    [Theory]
    [InlineData("user\tjp\tu\nuser\tjp\tu\n", 2, "user u is listed twice")]
    [InlineData("market\tjp\nmarket\tjp\n", 2, "market jp is listed twice")]
    [InlineData("market\t\n", 1, "expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'")]
    [InlineData("item\ta\nitem\ta\n", 2, "item a is listed twice")]
    [InlineData("user\tjp\n", 1, "expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'")]
    [InlineData("item\ta\tb\n", 1, "expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'")]
    [InlineData("item\ta\n\n", 2, "expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'")]
    [InlineData("users\tjp\tu\n", 1, "expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'")]
    public void The_message_names_the_line_and_what_is_wrong_with_it(string text, int line, string problem)
    {
        File.WriteAllText(_directory["ids"], text);
        string message = Assert.Throws<DataFormatException>(() => TableIds.Read(_directory["ids"])).Message;
        Assert.Equal($"{_directory["ids"]}:{line}: {problem}", message);
    }

    private static MarketUnion Union(Row[] first, Row[] second) => new([Positive("uk", second), Positive("jp", first)]);

    private static Market Positive(string market, Row[] rows) =>
        Market.Prepare(TestMarkets.Ratings(market, [.. rows.Select(row => row with { Rating = 5 })]), SplitRules.TrainOnAll);
}
