// Judgements: the two formats that they come in, and what is wrong with them.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class QrelsFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("userId\titemId\trating\nu\tb\t1\nv\ta\t-2\nu\ta c\t3.0\nv\tb\t0\n")]
    [InlineData("rating:float\tnote\titem_id:token\tuser_id:token\n1\tx\tb\tu\n-2\t\ta\tv\n3\t\ta c\tu\n0\t\tb\tv\n")]
    public void Columns_are_found_by_name(string text)
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = Read(text);
        Assert.Equal([("b", 1f), ("a c", 3f)], judged["u"].Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("a", -2f), ("b", 0f)], judged["v"].Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Lines_of_TREC_are_taken_with_blanks_or_tabs()
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = Read("u 0 b 1\nv\tQ0\t a  2 \nu 0 c 0\n");
        Assert.Equal([("b", 1f), ("c", 0f)], judged["u"].Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(2, judged["v"]["a"]);
    }

    [Theory]
    [InlineData(
        "userId\titemId\n", 1, "there is no column for the rating; a header of userId, itemId and rating separated by tabs is needed")]
    [InlineData(
        "userId\tuserId\titemId\trating\n", 1, "there are two columns userId for the user; the file has userId, userId, itemId, rating")]
    [InlineData("u b 1\n", 1, "neither a header of userId, itemId and rating separated by tabs nor a line of 'user 0 item grade'")]
    [InlineData(
        "u 0 b 1\nu 0 b c 1\n", 2, "neither a header of userId, itemId and rating separated by tabs nor a line of 'user 0 item grade'")]
    [InlineData("userId\titemId\trating\nu\tb\n", 2, "2 fields where 3 are needed")]
    [InlineData("userId\titemId\trating\nu\tb\tgood\n", 2, "the grade 'good' is not a number")]
    [InlineData(
        "userId\titemId\trating\nu\tb\t0.5\n", 2, "the grade '0.5' is not a whole number from -1000 to 1000, as trec_eval needs it")]
    [InlineData("u 0 b 1e2\n", 1, "the grade '1e2' is not a whole number from -1000 to 1000, as trec_eval needs it")]
    [InlineData("u 0 b 1001\n", 1, "the grade '1001' is not a whole number from -1000 to 1000, as trec_eval needs it")]
    [InlineData("userId\titemId\trating\nu\tb\t1\nu\tb\t2\n", 3, "item b of user u is judged already")]
    [InlineData("userId\titemId\trating\nu\t\t1\n", 2, "an id is empty")]
    [InlineData("", 1, "the file is empty; a header (userId itemId rating, separated by tabs) or lines of 'user 0 item grade' are needed")]
    public void What_is_wrong_is_said_with_its_line(string text, int line, string problem) =>
        Assert.Equal($"{_directory["qrels"]}:{line}: {problem}", Assert.Throws<DataFormatException>(() => Read(text)).Message);

    [Fact]
    public void A_user_with_negative_grades_only_is_refused() => Assert.Equal(
        $"{_directory["qrels"]}: user v has negative grades only, which trec_eval cannot measure",
        Assert.Throws<DataFormatException>(() => Read("u 0 a 1\nu 0 b -1\nv 0 a -1\nv 0 b -2\n")).Message);

    [Property(MaxTest = 200, Arbitrary = [typeof(Generators)])]
    public void A_damaged_file_is_read_or_refused_in_one_line_that_names_it(Seed seed, bool trec)
    {
        File.WriteAllBytes(_directory["qrels"],
            RatingsText.Damaged(RatingsText.Utf8(trec ? "u 0 b 1\nv 0 a 2\n" : "userId\titemId\trating\nu\tb\t1\n"), seed.Value));
        try
        {
            QrelsFile.Read(_directory["qrels"]);
        }
        catch (DataFormatException exception)
        {
            Assert.True(RatingsText.IsOneLineOf(_directory["qrels"], exception), exception.Message);
        }
    }

    private Dictionary<string, OrderedDictionary<string, float>> Read(string text)
    {
        File.WriteAllText(_directory["qrels"], text);
        return QrelsFile.Read(_directory["qrels"]);
    }
}
