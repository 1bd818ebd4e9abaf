// CandidateFile reads given candidates with their judgements, and names what is wrong with a file.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class CandidateFileTests : IDisposable
{
    private const string Candidates = "u\ta,b,new\nv\tb\nstranger\ta,b\n";
    private const string Qrels = "userId\titemId\trating\nu\tb\t1\nu\telsewhere\t2\nv\tb\t0\nw\ta\t1\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Lists_come_in_the_order_of_the_file_with_their_judgements()
    {
        Market market = SmallMarket();
        IReadOnlyList<CandidateList> lists = Read(Candidates, Qrels, market);
        Assert.Equal(["u", "v", "stranger"], lists.Select(list => market.Users.Text(list.User)));
        Assert.Equal(["a", "b", "new"], lists[0].Items.Select(market.Items.Text));
        Assert.Equal([0, 1, 0], lists[0].Relevance);
        Assert.Equal([("b", 1f), ("elsewhere", 2f)], lists[0].Qrels);
        Assert.Equal([("b", 0f)], lists[1].Qrels);
        Assert.Empty(lists[2].Qrels);
        Assert.Equal(2, market.PoolSize);
    }

    [Theory]
    [InlineData("u\ta,b\nu\tb\n", 2, "user u has a second list")]
    [InlineData("u a,b\n", 1, "expects user<TAB>item,item,...")]
    [InlineData("u\t\n", 1, "expects user<TAB>item,item,...")]
    [InlineData("u\ta\tb\n", 1, "expects user<TAB>item,item,...")]
    [InlineData("u\ta,,b\n", 1, "an item id is empty")]
    [InlineData("u\ta,b,a\n", 1, "item a is in the list twice")]
    [InlineData("u\ta, b\n", 1, "the id ' b' begins or ends with a space")]
    [InlineData("u \ta,b\n", 1, "the id 'u ' begins or ends with a space")]
    [InlineData("v\tb\nu\ta,\u00A0b\n", 2, "the id '\u00A0b' begins or ends with a space")]
    [InlineData("userId\titems\nu\ta,b\n", 1, "this is a header; expects user<TAB>item,item,... from the first line on")]
    [InlineData("", 1, "the file is empty; expects user<TAB>item,item,...")]
    public void The_message_names_the_line_of_a_candidate_file_and_what_is_wrong_with_it(string candidates, int line, string problem) =>
        Assert.Equal($"{_directory["candidates"]}:{line}: {problem}", Refused(candidates, Qrels));

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_saved_draw_is_given_back_with_the_same_lists_and_as_given_lists(Seed seed)
    {
        foreach (Split split in (Split[])[Split.Valid, Split.Test])
        {
            Market market = TestMarkets.Prepared("jp", seed.Value);
            IReadOnlyList<CandidateList> drawn = SampledCandidates.Draw(market, split, seed.Value, 9);
            CandidateFile.Write(_directory["drawn.tsv"], market, drawn);
            QrelsFile.Write(_directory["judged.tsv"], market, drawn);
            Market again = TestMarkets.Prepared("jp", seed.Value);
            again.GiveCandidates(split, CandidateFile.ReadHeldOut(_directory["drawn.tsv"], again, split));
            foreach (IReadOnlyList<CandidateList> lists in (IReadOnlyList<CandidateList>[])[
                SampledCandidates.Draw(again, split, seed.Value + 1, 5),
                CandidateFile.Read(_directory["drawn.tsv"], _directory["judged.tsv"], again)])
            {
                Assert.Equal(drawn.Select(list => list.User), lists.Select(list => list.User));
                Assert.Equal(drawn.Select(list => list.Items), lists.Select(list => list.Items));
                Assert.Equal(drawn.Select(list => list.Relevance), lists.Select(list => list.Relevance));
                Assert.Equal(drawn.Select(list => list.Qrels), lists.Select(list => list.Qrels));
            }
        }
    }

    [Fact]
    public void The_held_out_item_is_added_where_a_list_lacks_it_and_other_users_are_ignored()
    {
        Market market = HeldOutMarket();
        File.WriteAllText(_directory["given"], "stranger\ta\nv\tnew,b\nu\ta,d,c\n");
        IReadOnlyList<CandidateList> lists = CandidateFile.ReadHeldOut(_directory["given"], market, Split.Test);
        Assert.Equal(["u", "v"], lists.Select(list => market.Users.Text(list.User)));
        Assert.Equal(["a", "d", "c"], lists[0].Items.Select(market.Items.Text));
        Assert.Equal([0, 0, 1], lists[0].Relevance);
        Assert.Equal(["d", "new", "b"], lists[1].Items.Select(market.Items.Text));
        Assert.Equal([("d", 1f)], lists[1].Qrels);
    }

    [Fact]
    public void A_held_out_item_without_a_list_and_ids_with_commas_are_refused()
    {
        File.WriteAllText(_directory["given"], "u\ta\n");
        Assert.Equal(
            $"{_directory["given"]}: has no list for 1 of 2 users with a held-out test item, such as v",
            Assert.Throws<DataFormatException>(() => CandidateFile.ReadHeldOut(_directory["given"], HeldOutMarket(), Split.Test)).Message);
        Market market = Market.Prepare(TestMarkets.Ratings("jp", [new Row("u", "a,b", 5, 1)]), SplitRules.TrainOnAll);
        Assert.Equal("the item id 'a,b' has a comma, which separates candidates in a file",
            Assert.Throws<DataFormatException>(() => CandidateFile.Check(market)).Message);
    }

    // c is held out of u, and d of v.
    private static Market HeldOutMarket() => Market.Prepare(
        TestMarkets.Ratings("jp",
        [
            .. "abc".Select((item, time) => new Row("u", $"{item}", 5, time)),
            .. "abd".Select((item, time) => new Row("v", $"{item}", 5, time)),
        ]), new SplitRules { EvaluateFrom = 2 });

    [Fact]
    public void Qrels_of_other_users_are_refused() => Assert.Equal(
        $"{_directory["qrels"]}: no user of {_directory["candidates"]} has a judged item; do the two files belong together?",
        Refused("v\ta\n", "userId\titemId\trating\nu\tb\t1\n"));

    [Fact]
    public void Ids_with_spaces_and_ids_that_look_like_a_header_are_accepted_if_the_market_has_them()
    {
        Market market = Market.Prepare(TestMarkets.Ratings("jp", new Row("user", "item", 5, 1), new Row("user", " b", 5, 2)),
            SplitRules.TrainOnAll);
        CandidateList list = Read("user\titem, b\n", "userId\titemId\trating\nuser\titem\t1\n", market).Single();
        Assert.Equal(["item", " b"], list.Items.Select(market.Items.Text));
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Generators)])]
    public void A_damaged_candidate_or_qrels_file_is_read_or_refused_in_one_line_that_names_one_of_them(Seed seed, bool candidates)
    {
        byte[] lists = RatingsText.Utf8(Candidates), qrels = RatingsText.Utf8(Qrels);
        File.WriteAllBytes(_directory["candidates"], candidates ? RatingsText.Damaged(lists, seed.Value) : lists);
        File.WriteAllBytes(_directory["qrels"], candidates ? qrels : RatingsText.Damaged(qrels, seed.Value));
        try
        {
            CandidateFile.Read(_directory["candidates"], _directory["qrels"], SmallMarket());
        }
        catch (DataFormatException exception)
        {
            Assert.True(
                RatingsText.IsOneLineOf(_directory["candidates"], exception) || RatingsText.IsOneLineOf(_directory["qrels"], exception),
                exception.Message);
        }
    }

    [Fact]
    public void The_digest_is_the_SHA_256_of_the_bytes_and_a_missing_file_is_named()
    {
        File.WriteAllText(_directory["file"], "abc");
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", CandidateFile.Digest(_directory["file"]));
        string message = Assert.Throws<DataFormatException>(() => CandidateFile.Digest(_directory["none"])).Message;
        Assert.StartsWith($"{_directory["none"]}: cannot be read", message, StringComparison.Ordinal);
    }

    private static Market SmallMarket() =>
        Market.Prepare(TestMarkets.Ratings("jp", new Row("u", "a", 5, 1), new Row("v", "b", 5, 2)), SplitRules.TrainOnAll);

    private IReadOnlyList<CandidateList> Read(string candidates, string qrels, Market market)
    {
        File.WriteAllText(_directory["candidates"], candidates);
        File.WriteAllText(_directory["qrels"], qrels);
        return CandidateFile.Read(_directory["candidates"], _directory["qrels"], market);
    }

    private string Refused(string candidates, string qrels) =>
        Assert.Throws<DataFormatException>(() => Read(candidates, qrels, SmallMarket())).Message;
}
