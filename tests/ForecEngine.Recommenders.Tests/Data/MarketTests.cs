// Leave one out: a user's rows by (date, order in the file), the last two held out.

using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketTests
{
    [Property(MaxTest = 300)]
    public Property A_market_is_what_the_protocol_written_out_gives() =>
        Prop.ForAll(Markets, Gen.Elements(HoldOut.Nothing, HoldOut.Validation, HoldOut.ValidationAndTest).ToArbitrary(), (made, holdOut) =>
        {
            (Row[] rows, int minimum) = made;
            int held = (int)holdOut;
            (string User, Row[] Rows)[] users =
            [
                .. rows.GroupBy(row => row.User).Select(g => (g.Key, g.OrderBy(row => row.Time).ToArray()))
                    .Where(user => user.Item2.Length >= minimum && user.Item2.Length > held),
            ];
            if (users.Length == 0)
            {
                Assert.Throws<DataFormatException>(() => Market.Prepare(TestMarkets.Ratings("jp", rows), holdOut, minimum));
                return;
            }

            Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), holdOut, minimum);
            Assert.Equal(users.Select(user => user.User), Enumerable.Range(0, market.Users.Count).Select(market.Users.Text));
            Assert.Equal(rows.Select(row => row.Item).Distinct(), Enumerable.Range(0, market.Items.Count).Select(market.Items.Text));
            Assert.Equal(
                users.SelectMany(user => user.Rows.SkipLast(held)).Select(Text),
                Enumerable.Range(0, market.TrainUsers.Length).Select(i => Text(market, market.TrainUsers[i], market.TrainItems[i], market.TrainLabels[i])));
            Assert.Equal(held == 0 ? [] : users.Select(user => Text(user.Rows[^held])), market.Valid.Select(row => Text(market, row.User, row.Item, row.Relevance)));
            Assert.Equal(held < 2 ? [] : users.Select(user => Text(user.Rows[^1])), market.Test.Select(row => Text(market, row.User, row.Item, row.Relevance)));
            for (int user = 0; user < users.Length; user++)
            {
                int[] seen = market.Seen(user).ToArray();
                Assert.Equal(seen.Order(), seen);
                Assert.Equal(users[user].Rows.Select(row => row.Item).ToHashSet(), seen.Select(market.Items.Text).ToHashSet());
                Assert.Equal(seen.Length, seen.Distinct().Count());
                int[] trained = market.Trained(user).ToArray();
                Assert.Equal(trained.Order().Distinct(), trained);
                Assert.Equal(users[user].Rows.SkipLast(held).Select(row => row.Item).ToHashSet(), trained.Select(market.Items.Text).ToHashSet());
            }
        });

    [Fact]
    public void The_last_row_is_test_the_one_before_it_validation_and_ties_go_by_the_order_of_the_file()
    {
        Market market = Market.Prepare(TestMarkets.Ratings("jp",
            new Row("u", "late", 5, 9), new Row("u", "tie-1", 5, 5), new Row("u", "a", 5, 1), new Row("u", "tie-2", 5, 5),
            new Row("u", "b", 5, 2), new Row("u", "c", 0, 3), new Row("u", "later", 5, 9)));
        Assert.Equal("later", market.Items.Text(market.Test.Single().Item));
        Assert.Equal("late", market.Items.Text(market.Valid.Single().Item));
        Assert.Equal(["a", "b", "c", "tie-1", "tie-2"], market.TrainItems.ToArray().Select(market.Items.Text));
        Assert.Equal([1, 1, 0, 1, 1], market.TrainLabels.ToArray());
    }

    [Fact]
    public void Users_of_few_rows_are_left_out_but_their_items_can_be_drawn()
    {
        Row[] rows = [.. Enumerable.Range(0, 6).Select(i => new Row("few", $"few{i}", 5, i)), .. Enumerable.Range(0, 7).Select(i => new Row("enough", $"i{i}", 5, i))];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows));
        Assert.Equal(1, market.Users.Count);
        Assert.Equal("enough", market.Users.Text(0));
        Assert.Equal(13, market.Items.Count);
        Assert.Equal(2, Market.Prepare(TestMarkets.Ratings("jp", rows), HoldOut.ValidationAndTest, minimumRows: 6).Users.Count);
    }

    [Theory]
    [InlineData(0.99f, 0)]
    [InlineData(1f, 1)]
    [InlineData(-1f, 0)]
    public void A_rating_of_one_or_more_is_a_positive(float rating, float label)
    {
        Market market = Market.Prepare(TestMarkets.Ratings("jp", new Row("u", "a", rating, 1)), HoldOut.Nothing, minimumRows: 1);
        Assert.Equal([label], market.TrainLabels.ToArray());
    }

    [Fact]
    public void Rows_without_dates_are_trained_on_in_the_order_of_the_file_and_cannot_be_held_out()
    {
        Ratings undated = TestMarkets.Ratings("jp", new Row("u", "b", 5, 0), new Row("u", "a", 5, 0)) with { Time = null };
        Market market = Market.Prepare(undated, HoldOut.Nothing, minimumRows: 1);
        Assert.Equal(["b", "a"], market.TrainItems.ToArray().Select(market.Items.Text));
        Assert.Empty(market.Valid);
        Assert.Empty(market.Test);
        Assert.Contains("jp: its rows have no dates", Assert.Throws<DataFormatException>(() => Market.Prepare(undated)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_market_with_no_user_left_is_named_with_what_was_needed()
    {
        Ratings ratings = TestMarkets.Ratings("jp", new Row("u", "a", 5, 1), new Row("u", "b", 5, 2));
        string message = Assert.Throws<DataFormatException>(() => Market.Prepare(ratings)).Message;
        Assert.Equal("jp: no user has 7 rows or more, so nothing is left to train on", message);
        Assert.Contains("3 rows", Assert.Throws<DataFormatException>(() => Market.Prepare(ratings, minimumRows: 1)).Message, StringComparison.Ordinal);
    }

    // Few users, items and dates: ties, duplicates, users below the minimum.
    private static Arbitrary<(Row[] Rows, int Minimum)> Markets =>
        (from count in Gen.Choose(1, 60)
         from minimum in Gen.Choose(0, 8)
         from rows in (from user in Gen.Choose(0, 5)
                       from item in Gen.Choose(0, 12)
                       from rating in Gen.Choose(0, 5)
                       from time in Gen.Choose(0, 4)
                       select new Row($"u{user}", $"i{item}", rating / 2f, time)).ArrayOf(count)
         select (rows, minimum)).ToArbitrary();

    private static string Text(Row row) => $"{row.User} {row.Item} {(row.Rating >= 1 ? 1 : 0)}";

    private static string Text(Market market, int user, int item, float label) => $"{market.Users.Text(user)} {market.Items.Text(item)} {(int)label}";
}
