// Market splits rows by leave-one-out: a user's rows are sorted by (time, order in the file), and the last two are held out.

using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketTests
{
    [Property(MaxTest = 500)]
    public Property The_split_agrees_with_the_protocol_written_in_LINQ() => Prop.ForAll(Markets, Rules, (rows, rules) =>
    {
        (string User, Row[] Rows)[] users =
        [
            .. rows.GroupBy(row => row.User).Select(g => (g.Key, g.OrderBy(row => row.Time).ToArray()))
                .Where(user => user.Item2.Length >= rules.MinimumRows),
        ];
        if (users.Length == 0 || rows.All(row => row.Rating < 1))
        {
            Assert.Throws<DataFormatException>(() => Market.Prepare(TestMarkets.Ratings("jp", rows), rules));
            return;
        }

        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), rules);
        Row[][] held = [.. users.Select(user => HeldOut(user.Rows, rules))];
        Row[][] train = [.. users.Zip(held, (user, kept) => user.Rows.Where(row => !Has(kept, row)).ToArray())];
        Assert.Equal(users.Select(user => user.User), Enumerable.Range(0, market.Users.Count).Select(market.Users.Text));
        Assert.Equal(rows.Select(row => row.Item).Distinct(), Enumerable.Range(0, market.Items.Count).Select(market.Items.Text));
        Assert.Equal(
            train.SelectMany(user => user).Select(Text),
            Enumerable.Range(0, market.TrainUsers.Length)
                .Select(i => Text(market, market.TrainUsers[i], market.TrainItems[i], market.TrainLabels[i])));
        Row[] test = [.. held.SelectMany(user => rules.Test ? user.Take(1) : [])],
            valid = [.. held.SelectMany(user => user.Skip(rules.Test ? 1 : 0))];
        Assert.Equal(test.Select(Text), market.Test.Select(row => Text(market, row.User, row.Item, row.Relevance)));
        Assert.Equal(valid.Select(Text), market.Valid.Select(row => Text(market, row.User, row.Item, row.Relevance)));
        Assert.Equal(
            rows.Select(row => users.All(user => user.User != row.User) ? RowSplit.LeftOut
                : Has(test, row) ? RowSplit.Test
                : Has(valid, row) ? RowSplit.Valid
                : RowSplit.Train),
            market.Splits.ToArray());
        Assert.Equal(rules.Test && test.Length == 0, market.NotEvaluated is not null);
        for (int user = 0; user < users.Length; user++)
        {
            AreItems(users[user].Rows, market.Seen(user).ToArray(), market);
            AreItems(train[user], market.Trained(user).ToArray(), market);
        }
    });

    [Fact]
    public void The_last_positive_is_test_and_the_one_before_it_validation_even_if_a_later_row_is_not_positive()
    {
        Ratings ratings = TestMarkets.Ratings(
            "jp", [.. ((float[])[5, 5, 5, 5, 0, 5, 0.5f, 5, 0]).Select((rating, i) => new Row("u", $"i{i}", rating, i))]);
        Market market = Market.Prepare(ratings);
        Assert.Equal(("i7", "i5"), (market.Items.Text(market.Test.Single().Item), market.Items.Text(market.Valid.Single().Item)));
        Assert.Equal([1, 1, 1, 1, 0, 0, 0], market.TrainLabels.ToArray());

        Market released = Market.Prepare(ratings, new SplitRules { HoldOut = HoldOut.LastRows });
        Assert.Equal(("i8", 0f), (released.Items.Text(released.Test.Single().Item), released.Test.Single().Relevance));
    }

    [Fact]
    public void The_only_positive_of_a_user_is_held_out_for_test_if_another_row_is_left_for_training()
    {
        SplitRules rules = new() { EvaluateFrom = 1 };
        Ratings ratings = TestMarkets.Ratings(
            "jp", new Row("one", "a", 5, 1), new Row("two", "a", 0, 1), new Row("two", "b", 5, 2), new Row("none", "a", 0, 1));
        Market market = Market.Prepare(ratings, rules);
        Assert.Equal([(1, "b")], market.Test.Select(row => (row.User, market.Items.Text(row.Item))));
        Assert.Empty(market.Valid);
        Assert.Equal((NoteKind.UsersWithoutHeldOut, 2, 3), market.Notes.Select(note => (note.Kind, note.Count, note.Of)).Single());
    }

    [Fact]
    public void A_market_without_a_positive_is_refused_and_a_hint_is_given_if_ratings_look_scaled()
    {
        Assert.Equal(
            "jp: no rating of 1 or more, so there is no positive to learn from",
            Assert.Throws<DataFormatException>(
                () => Market.Prepare(TestMarkets.Ratings("jp", new Row("u", "a", -1, 1)), SplitRules.TrainOnAll)).Message);
        Assert.EndsWith(
            "all ratings lie between 0 and 1, so they may have been scaled",
            Assert.Throws<DataFormatException>(
                () => Market.Prepare(TestMarkets.Ratings("jp", new Row("u", "a", 0.8f, 1)), SplitRules.TrainOnAll)).Message,
                StringComparison.Ordinal);

        Row[] scaled = [new("u", "a", 0.8f, 1), new("u", "b", 1, 2)], whether = [new("u", "a", 0, 1), new("u", "b", 1, 2)];
        Assert.Contains(
            Market.Prepare(TestMarkets.Ratings("jp", scaled)).Notes, note => note is { Kind: NoteKind.ScaledRatings, Count: 1, Of: 2 });
        Assert.DoesNotContain(Market.Prepare(TestMarkets.Ratings("jp", whether)).Notes, note => note.Kind == NoteKind.ScaledRatings);
    }

    [Fact]
    public void If_no_user_has_enough_rows_all_rows_are_trained_on_and_a_note_says_so()
    {
        Market market = Market.Prepare(
            TestMarkets.Ratings("jp", new Row("u", "a", 5, 1), new Row("u", "b", 5, 2), new Row("v", "a", 5, 1)));
        Assert.Equal((3, 0, 0), (market.TrainUsers.Length, market.Valid.Count, market.Test.Count));
        Assert.Equal("no user has 7 rows or more, so nobody is evaluated; all rows are trained on", market.NotEvaluated);
        Assert.Equal(NoteKind.NotEvaluated, market.Notes.Single().Kind);
    }

    [Fact]
    public void Rows_with_equal_times_are_ordered_as_in_the_file()
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
    public void Users_with_few_rows_are_left_out_but_their_items_stay_in_the_market()
    {
        Row[] rows =
        [
            .. Enumerable.Range(0, 6).Select(i => new Row("few", $"few{i}", 5, i)),
            .. Enumerable.Range(0, 7).Select(i => new Row("enough", $"i{i}", 5, i)),
        ];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), new SplitRules { MinimumRows = 7 });
        Assert.Equal(1, market.Users.Count);
        Assert.Equal("enough", market.Users.Text(0));
        Assert.Equal(13, market.Items.Count);
        Assert.Equal(2, Market.Prepare(TestMarkets.Ratings("jp", rows), new SplitRules { MinimumRows = 6 }).Users.Count);
    }

    [Theory]
    [InlineData(0.99f, 0)]
    [InlineData(1f, 1)]
    [InlineData(-1f, 0)]
    public void A_rating_of_one_or_more_is_a_positive(float rating, float label)
    {
        Market market = Market.Prepare(TestMarkets.Ratings("jp", new Row("u", "a", rating, 1), new Row("u", "b", 5, 2)),
            SplitRules.TrainOnAll);
        Assert.Equal([label, 1], market.TrainLabels.ToArray());
    }

    [Fact]
    public void Rows_without_times_are_trained_on_in_the_order_of_the_file_and_cannot_be_held_out()
    {
        Ratings undated = TestMarkets.Ratings("jp", new Row("u", "b", 5, 0), new Row("u", "a", 5, 0)) with { Time = null };
        Market market = Market.Prepare(undated, SplitRules.TrainOnAll);
        Assert.Equal(["b", "a"], market.TrainItems.ToArray().Select(market.Items.Text));
        Assert.Empty(market.Valid);
        Assert.Empty(market.Test);
        Assert.Contains("jp: its rows have no times", Assert.Throws<DataFormatException>(() => Market.Prepare(undated)).Message,
            StringComparison.Ordinal);
        Assert.Single(Market.Prepare(undated, new SplitRules { Order = RowOrder.Random, EvaluateFrom = 1 }).Test);
    }

    [Fact]
    public void A_market_without_a_user_with_enough_rows_is_refused()
    {
        Ratings ratings = TestMarkets.Ratings("jp", new Row("u", "a", 5, 1), new Row("u", "b", 5, 2));
        string message = Assert.Throws<DataFormatException>(() => Market.Prepare(ratings, new SplitRules { MinimumRows = 7 })).Message;
        Assert.Equal("jp: no user has 7 rows or more, so nothing is left to train on", message);
    }

    // Few users, items and times, so that there are ties, duplicates and users below the minimum.
    private static Arbitrary<Row[]> Markets =>
        (from count in Gen.Choose(1, 60)
         from rows in (from user in Gen.Choose(0, 5)
                       from item in Gen.Choose(0, 12)
                       from rating in Gen.Choose(0, 5)
                       from time in Gen.Choose(0, 4)
                       select new Row($"u{user}", $"i{item}", rating / 2f, time)).ArrayOf(count)
         select rows).ToArbitrary();

    private static Arbitrary<SplitRules> Rules =>
        (from holdOut in Gen.Elements(HoldOut.LastPositives, HoldOut.LastRows, HoldOut.None)
         from test in Gen.Elements(true, false)
         from minimum in Gen.Choose(1, 8)
         from evaluateFrom in Gen.Choose(1, 8)
         select new SplitRules { HoldOut = holdOut, Test = test, MinimumRows = minimum, EvaluateFrom = evaluateFrom }).ToArbitrary();

    // The rows held out of a user, the last one first.
    private static Row[] HeldOut(Row[] rows, SplitRules rules) => rules.HoldOut == HoldOut.None || rows.Length < rules.EvaluateFrom ? [] :
        [.. rows.Reverse().Where(row => rules.HoldOut == HoldOut.LastRows || row.Rating >= 1)
            .Take(Math.Min(rules.Test ? 2 : 1, rows.Length - 1))];

    private static bool Has(Row[] rows, Row row) => rows.Any(other => ReferenceEquals(other, row));

    private static void AreItems(Row[] rows, int[] items, Market market)
    {
        Assert.Equal(items.Order().Distinct(), items);
        Assert.Equal(rows.Select(row => row.Item).ToHashSet(), items.Select(market.Items.Text).ToHashSet());
    }

    private static string Text(Row row) => $"{row.User} {row.Item} {(row.Rating >= 1 ? 1 : 0)}";

    private static string Text(Market market, int user, int item, float label) =>
        $"{market.Users.Text(user)} {market.Items.Text(item)} {(int)label}";
}
