// CandidateNotes counts users with few negatives, judged items that are training rows, and ids that the model does not know.

using ForecEngine.Recommenders.Data;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class CandidateNotesTests
{
    [Fact]
    public void Users_with_fewer_negatives_than_requested_are_counted()
    {
        Market market = Market.Prepare(
            TestMarkets.Ratings("jp", [.. Rows("few", 0, 9), .. Rows("many", 6, 4)]), new SplitRules { EvaluateFrom = 3 });
        Assert.Equal(
            new DataNote(NoteKind.FewNegatives, "jp", 1, 2,
                "1 of 2 users have fewer than 5 items to sample as candidates, so their held-out item is ranked among as few as 1"),
            CandidateNotes.Of(market, Split.Test, 5).Single());
        Assert.Empty(CandidateNotes.Of(market, Split.Test, 1));
        Assert.Empty(CandidateNotes.Of(market, Split.Test, negatives: null));
    }

    [Fact]
    public void A_market_where_every_user_has_every_item_is_refused()
    {
        Market market = Market.Prepare(TestMarkets.Ratings("jp", [.. Rows("u", 0, 8), .. Rows("v", 0, 8)]));
        Assert.StartsWith("jp: every user has every item",
            Assert.Throws<DataFormatException>(() => SampledCandidates.Draw(market, Split.Test, 1, 99)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_out_items_that_are_also_training_items_of_their_user_are_counted()
    {
        Row[] rows = [.. Rows("u", 0, 8), new Row("u", "i0", 5, 99), .. Rows("v", 2, 8)];
        DataNote note = CandidateNotes.Of(Market.Prepare(TestMarkets.Ratings("jp", rows)), Split.Test, 1).Single();
        Assert.Equal((NoteKind.JudgedInTraining, 1, 2), (note.Kind, note.Count, note.Of));
        Assert.Equal(note, CandidateNotes.Of(Market.Prepare(TestMarkets.Ratings("jp", rows)), Split.Test, negatives: null).Single());
    }

    [Fact]
    public void Unknown_users_and_items_and_judged_training_items_of_given_lists_are_counted()
    {
        PlacedMarket placed = Placed();
        CandidateList[] lists =
        [
            new(0, [0, 1, placed.Market.Items.Add("I1")], [1, 0, 0], [("i0", 1)]),
            new(placed.Market.Users.Add("stranger"), [0], [0], []),
        ];
        DataNote[] notes = [.. CandidateNotes.Of(lists, new MarketUnion([placed.Market]).Place("jp"))];
        Assert.Equal([(NoteKind.UnknownUsers, 1, 2), (NoteKind.UnknownItems, 1, 3), (NoteKind.JudgedInTraining, 1, 1)],
            notes.Select(note => (note.Kind, note.Count, note.Of)));
        Assert.Contains("'stranger'", notes[0].Text, StringComparison.Ordinal);
        Assert.Contains("'I1'; the model knows 'i1'", notes[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_without_a_known_user_or_without_a_known_item_are_refused()
    {
        PlacedMarket placed = Placed();
        int stranger = placed.Market.Users.Add("U"), item = placed.Market.Items.Add("none");
        Refused("jp: the model knows none of the candidates' 1 users ('U'; the model knows 'u')",
            new CandidateList(stranger, [0], [1], [("i0", 1)]));
        Refused("jp: the model knows none of the candidates' 1 items ('none')", new CandidateList(0, [item], [1], [("none", 1)]));

        void Refused(string why, CandidateList list)
        {
            PlacedMarket place = new MarketUnion([placed.Market]).Place("jp");
            string message = Assert.Throws<DataFormatException>(() => CandidateNotes.Of([list], place).ToArray()).Message;
            Assert.StartsWith(why, message, StringComparison.Ordinal);
        }
    }

    private static PlacedMarket Placed() =>
        new MarketUnion([Market.Prepare(TestMarkets.Ratings("jp", Rows("u", 0, 3)), SplitRules.TrainOnAll)]).Place("jp");

    private static Row[] Rows(string user, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new Row(user, $"i{i}", 5, i))];
}
