// QrelsFile reads judgements in two formats, and names what is wrong with a file.

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
    public void TREC_lines_may_be_separated_by_spaces_or_tabs()
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = Read("u 0 b 1\nv\tQ0\t a  2 \nu 0 c 0\n");
        Assert.Equal([("b", 1f), ("c", 0f)], judged["u"].Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(2, judged["v"]["a"]);
    }

    [Theory]
    [InlineData("userId\titemId\n", 1, "the header has no rating column; expects userId, itemId and rating, separated by tabs")]
    [InlineData(
        "userId\tuserId\titemId\trating\n", 1, "there are two columns userId for the user; the file has userId, userId, itemId, rating")]
    [InlineData("u b 1\n", 1, "expects a header (userId itemId rating, separated by tabs) or lines of 'user 0 item grade'")]
    [InlineData("u 0 b 1\nu 0 b c 1\n", 2, "expects a header (userId itemId rating, separated by tabs) or lines of 'user 0 item grade'")]
    [InlineData("userId\titemId\trating\nu\tb\n", 2, "expects 3 fields, got 2")]
    [InlineData("userId\titemId\trating\nu\tb\tgood\n", 2, "the grade 'good' is not a number")]
    [InlineData(
        "userId\titemId\trating\nu\tb\t0.5\n", 2, "the grade '0.5' is not a whole number from -1000 to 1000, as trec_eval needs it")]
    [InlineData("u 0 b 1e2\n", 1, "the grade '1e2' is not a whole number from -1000 to 1000, as trec_eval needs it")]
    [InlineData("u 0 b 1001\n", 1, "the grade '1001' is not a whole number from -1000 to 1000, as trec_eval needs it")]
    [InlineData("userId\titemId\trating\nu\tb\t1\nu\tb\t2\n", 3, "item b of user u is judged twice")]
    [InlineData("userId\titemId\trating\nu\t\t1\n", 2, "the user or item id is empty")]
    [InlineData("", 1, "the file is empty; expects a header (userId itemId rating, separated by tabs) or lines of 'user 0 item grade'")]
    public void The_message_names_the_line_and_what_is_wrong_with_it(string text, int line, string problem) =>
        Assert.Equal($"{_directory["qrels"]}:{line}: {problem}", Assert.Throws<DataFormatException>(() => Read(text)).Message);

    [Fact]
    public void A_user_with_only_negative_grades_is_refused() => Assert.Equal(
        $"{_directory["qrels"]}: all grades of user v are negative, which trec_eval does not support",
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
