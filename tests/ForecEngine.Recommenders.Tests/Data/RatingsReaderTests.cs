// Ratings files: four formats that say the same, every way of writing lines, and whatever a damaged file holds.

using System.Text;
using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class RatingsReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 100)]
    public Property Rows_come_back_from_every_format_and_dated_ones_have_one_digest() => Prop.ForAll(RatingsText.Rows, rows =>
    {
        Ratings expected = TestMarkets.Ratings("jp", rows);
        List<string> digests = [];
        foreach (string format in RatingsText.Formats)
        {
            Ratings read = Read(RatingsText.Utf8(RatingsText.Of(format, rows)));
            Same(expected, read, dated: format != "wsdm");
            if (format != "wsdm")
                digests.Add(read.Digest);
        }

        Assert.Single(digests.Distinct());
    });

    [Property(MaxTest = 100)]
    public Property Line_ends_a_byte_order_mark_gzip_and_a_missing_last_line_end_make_no_difference() =>
        Prop.ForAll(RatingsText.Rows, Gen.Elements(RatingsText.Formats).ToArbitrary(), Gen.Choose(0, 31).ToArbitrary(), (rows, format, how) =>
        {
            string text = RatingsText.Of(format, rows);
            Ratings expected = Read(RatingsText.Utf8(text));
            if ((how & 1) != 0)
                text = text.ReplaceLineEndings("\r\n");
            if ((how & 2) != 0)
                text = "\uFEFF" + text;
            if ((how & 4) != 0)
                text = text.TrimEnd('\r', '\n');
            if ((how & 8) != 0)
                text += (how & 1) != 0 ? "\r\n\r\n\r\n" : "\n\n\n";
            byte[] bytes = RatingsText.Utf8(text);
            Ratings read = Read((how & 16) != 0 ? RatingsText.Gzip(bytes, 1 + (how & 3)) : bytes);
            Same(expected, read, dated: format != "wsdm");
            Assert.Equal(expected.Digest, read.Digest);
        });

    [Property(MaxTest = 100)]
    public Property Several_files_are_read_as_one_and_their_order_counts() => Prop.ForAll(RatingsText.Rows, RatingsText.Rows, (first, second) =>
    {
        File.WriteAllText(_directory["a"], RatingsText.Of("xmarket", first));
        File.WriteAllBytes(_directory["b"], RatingsText.Gzip(RatingsText.Utf8(RatingsText.Of("recbole", second))));
        Ratings read = RatingsReader.Read("jp", [_directory["a"], _directory["b"]]);
        Same(TestMarkets.Ratings("jp", [.. first, .. second]), read, dated: true);
        Assert.Equal(read.Digest, Read(RatingsText.Utf8(RatingsText.Of("raw", [.. first, .. second]))).Digest);
    });

    [Property(MaxTest = 300, Arbitrary = [typeof(Generators)])]
    public Property A_damaged_file_is_read_or_refused_in_one_line_that_names_it(Seed seed) =>
        Prop.ForAll(RatingsText.Rows, Gen.Elements(RatingsText.Formats).ToArbitrary(), (rows, format) =>
        {
            byte[] good = RatingsText.Utf8(RatingsText.Of(format, rows));
            ReadsOrIsRefused(RatingsText.Damaged(good, seed.Value));
            ReadsOrIsRefused(RatingsText.Gzip(RatingsText.Damaged(good, seed.Value + 1), 2));
            ReadsOrIsRefused(RatingsText.Damaged(RatingsText.Gzip(good), seed.Value + 2));
        });

    [Property(MaxTest = 300)]
    public void Random_bytes_are_refused_in_one_line(byte[] bytes, bool gzip)
    {
        ReadsOrIsRefused(bytes);
        ReadsOrIsRefused([0x1F, 0x8B, 8, 0, .. bytes]);
        if (gzip)
            ReadsOrIsRefused(RatingsText.Gzip(bytes));
    }

    [Theory]
    [InlineData("", 1, "the file is empty; a header (userId itemId rate date) and rows are needed")]
    [InlineData("userId itemId rate date\n", 2, "no rows after the header")]
    [InlineData("userId itemId date\nu i 2020-01-01\n", 1, "the header has no column rate or rating; it has userId, itemId, date")]
    [InlineData("userId itemId itemId rate date\n", 1, "the header has column itemid twice")]
    [InlineData("one two\n", 1, "neither a header (userId itemId rate date) nor a row of user, item, rating and date separated by spaces")]
    [InlineData("userId itemId rate date\nu i five 2020-01-01\n", 2, "the rating 'five' is not a number")]
    [InlineData("userId itemId rate date\nu i NaN 2020-01-01\n", 2, "the rating 'NaN' is not a number")]
    [InlineData("userId itemId rate date\nu i 1e99 2020-01-01\n", 2, "the rating '1e99' is not a number")]
    [InlineData("userId itemId rate date\nu i  2020-01-01\n", 2, "the rating '' is not a number")]
    [InlineData("userId itemId rate date\nu i 5 2020-02-30\n", 2, "the date '2020-02-30' is neither yyyy-mm-dd nor seconds since 1970")]
    [InlineData("userId itemId rate date\nu i 5 -001-02-03\n", 2, "the date '-001-02-03' is neither yyyy-mm-dd nor seconds since 1970")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu i 5\n", 3, "3 fields where 4 are needed")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01 x\n", 2, "5 fields where 4 are needed")]
    [InlineData("userId itemId rate date\n i 5 2020-01-01\n", 2, "the user's id is empty")]
    [InlineData("userId itemId rate date\nu  5 2020-01-01\n", 2, "the item's id is empty")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nuserId itemId rate date\n", 3, "the header stands here again; a file has one, in its first line")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\n\n\nu j 5 2020-01-01\n", 3, "an empty line between rows")]
    [InlineData("userId itemId rate date\nu\tv i 5 2020-01-01\n", 2, "a tab in a file whose fields are separated by spaces")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu \0 5 2020-01-01\n", 3, "byte 0x00 in a text file; is this the right file?")]
    public void What_is_wrong_is_said_with_its_line(string text, int line, string problem) =>
        Assert.Equal($"{_directory["file"]}:{line}: {problem}", Assert.Throws<DataFormatException>(() => Read(RatingsText.Utf8(text))).Message);

    [Fact]
    public void A_very_long_field_is_quoted_short()
    {
        string message = Assert.Throws<DataFormatException>(() => Read(RatingsText.Utf8($"userId itemId rate date\nu i {new string('x', 100_000)} 2020-01-01\n"))).Message;
        Assert.InRange(message.Length, 1, 300);
    }

    [Theory]
    [InlineData("1970-01-01", 0)]
    [InlineData("2020-02-29", 1582934400)]
    [InlineData("0001-01-01", -62135596800)]
    [InlineData("1582934400", 1582934400)]
    public void A_date_is_seconds_since_1970(string date, long seconds) =>
        Assert.Equal(new Timestamp(seconds), Assert.Single(Read(RatingsText.Utf8($"userId itemId rate date\nu i 5 {date}\n")).Time ?? []));

    [Fact]
    public void Other_columns_are_passed_over_and_the_digest_tells_a_user_from_an_item()
    {
        Ratings read = Read("date city itemId rate userId\n7 Kyoto i 5 u\n"u8.ToArray());
        Assert.Equal(("u", "i", 5f, 7L), (read.Users.Text(0), read.Items.Text(0), read.Rating[0], read.Time![0].Seconds));
        Assert.NotEqual(read.Digest, Read("date city userId rate itemId\n7 Kyoto i 5 u\n"u8.ToArray()).Digest);
    }

    private static void Same(Ratings expected, Ratings read, bool dated)
    {
        Assert.Equal(expected.UserOf, read.UserOf);
        Assert.Equal(expected.ItemOf, read.ItemOf);
        Assert.Equal(expected.Rating, read.Rating);
        Assert.Equal(dated ? expected.Time : null, read.Time);
        Assert.Equal(Ids(expected.Users), Ids(read.Users));
        Assert.Equal(Ids(expected.Items), Ids(read.Items));
    }

    private static string[] Ids(IdTable table) => [.. Enumerable.Range(0, table.Count).Select(table.Text)];

    private Ratings Read(byte[] bytes)
    {
        File.WriteAllBytes(_directory["file"], bytes);
        return RatingsReader.Read("jp", [_directory["file"]]);
    }

    private void ReadsOrIsRefused(byte[] bytes)
    {
        try
        {
            Ratings read = Read(bytes);
            Assert.All(read.Rating, rating => Assert.True(float.IsFinite(rating)));
            Assert.DoesNotContain(Ids(read.Users).Concat(Ids(read.Items)), id => id.Length == 0 || id.Contains('\t', StringComparison.Ordinal) || id.Contains('\n', StringComparison.Ordinal));
        }
        catch (DataFormatException exception)
        {
            Assert.True(RatingsText.IsOneLineOf(_directory["file"], exception), exception.Message);
        }
    }
}
