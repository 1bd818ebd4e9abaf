// Ratings files: formats that say the same, every way of writing lines, and whatever a damaged file holds.

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
    private const string NoTime = " is neither a date (yyyy-mm-dd, also with hh:mm:ss and a zone) nor a number of seconds, "
        + "milli-, micro- or nanoseconds since 1970";

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
            Same(expected, read, dated: RatingsText.Dated.Contains(format));
            if (RatingsText.Dated.Contains(format))
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
    [InlineData("userId itemId itemId rate date\n", 1,
        "there are two columns itemId for the item; the file has userId, itemId, itemId, rate, date")]
    [InlineData(
        "userId rate date\nu 5 2020-01-01\n", 1, "there is no column for the item (itemid, item, ...); the file has userId, rate, date")]
    [InlineData(
        "one two\n", 1, "neither a header that names the columns (userId itemId rate date) nor a row of user, item, rating and date")]
    [InlineData("userId itemId rate date\nu i five 2020-01-01\n", 2, "the rating 'five' is not a number")]
    [InlineData("userId itemId rate date\nu i NaN 2020-01-01\n", 2, "the rating 'NaN' is not a number")]
    [InlineData("userId itemId rate date\nu i 1e99 2020-01-01\n", 2, "the rating '1e99' is not a number")]
    [InlineData("userId itemId rate date\nu i  2020-01-01\n", 2, "the rating '' is not a number")]
    [InlineData("userId itemId rate date\nu i 5 2020-02-30\n", 2, "the time '2020-02-30'" + NoTime)]
    [InlineData("userId itemId rate date\nu i 5 -001-02-03\n", 2, "the time '-001-02-03'" + NoTime)]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu i 5\n", 3, "3 fields where 4 are needed")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01 x\n", 2, "5 fields where 4 are needed")]
    [InlineData("userId itemId rate date\n i 5 2020-01-01\n", 2, "the user's id is empty")]
    [InlineData("userId itemId rate date\nu  5 2020-01-01\n", 2, "the item's id is empty")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nuserId itemId rate date\n", 3, "the header stands here again; a file has one, in its first line")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\n\n\nu j 5 2020-01-01\n", 3, "an empty line between rows")]
    [InlineData("userId itemId rate date\nu\tv i 5 2020-01-01\n", 2, "a tab in a file whose fields are not separated by tabs")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu \0 5 2020-01-01\n", 3, "byte 0x00 in a text file; is this the right file?")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu i 5 7\n", 3, "the time '7' is a number, where the rows before it have dates")]
    [InlineData("userId itemId rate date\nu i 5 7\nu i 5 2020-01-01\n", 3,
        "the time '2020-01-01' is a date, where the rows before it have numbers")]
    [InlineData(
        "userId itemId rate date\nu a\uFEFFb 5 7\n", 2, "the item's id holds a byte-order mark (U+FEFF), which nobody sees; remove it")]
    [InlineData("user,item,rating\nu,i,5\nu,5\" disk,5\n", 3,
        "a quote within a field that does not begin with one ('5'); put the field into quotes and double those in it")]
    [InlineData("user,item,rating\nu,5\" a,5\nu,6\" b,5\n", 2,
        "a quote within a field that does not begin with one ('5'); put the field into quotes and double those in it")]
    [InlineData("user,item,rating\nu,i,5\nu,\"i,5\n", 3, "a field begins with a quote but does not end with one")]
    [InlineData("user,item,rating\nu,\"a\nb\",5\n", 2, "the item's id 'a?b' holds a tab, a line break or another control character")]
    [InlineData("user,item,rating,note\nu,i,5,\"two\nlines\"\nu,i,five,x\n", 4, "the rating 'five' is not a number")]
    [InlineData("user,item,rating,note\nu,i,5,\"two\n\nlines\"\n\nu,i,5,x\n", 5, "an empty line between rows")]
    [InlineData("user,item,rating\nu,i,5\nuser,item,rating\n", 3, "the header stands here again; a file has one, in its first line")]
    [InlineData("user,item,rating\nu,i\n", 2, "2 fields where 3 are needed")]
    [InlineData("user;item;rating\nu;i;4,5\n", 2, "the rating '4,5' is not a number; decimals stand after a point")]
    [InlineData("u1,i1,5,2020-01-01\n", 1,
        "neither a header that names the columns (userId itemId rate date) nor a row of user, item, rating and date")]
    [InlineData("[{\"user_id\":1}]\n", 1, "a JSON array; an object a line, without commas between them, is needed")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":1}\n", 2, "the object has no item_id, which the first one has")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":1,\"item_id\":2} x\n", 2, "not a JSON object, whole and on one line")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":null,\"item_id\":2}\n", 2, "user_id is null")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":[1],\"item_id\":2}\n", 2, "user_id is neither a text nor a number")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":1,\"user_id\":1,\"item_id\":2}\n", 2, "user_id stands twice in the object")]
    [InlineData("{\"user_id\":1,\"item_id\":\"a\\nb\"}\n", 1, "the item's id 'a?b' holds a tab, a line break or another control character")]
    [InlineData("{\"user_id\":1,\"item_id\":\"\\ud800\"}\n", 1, "not a JSON object, whole and on one line")]
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

    [Theory]
    [InlineData("1500000010", "1500000011", 1500000010, 0)]
    [InlineData("1500000010.1", "1500000010.9", 1500000010, 100_000_000)]
    [InlineData("253402300799", "7", 253402300799, 0)]
    [InlineData("253402300800", "7", 253402300, 800_000_000)]
    [InlineData("1500000010123", "1500000010124", 1500000010, 123_000_000)]
    [InlineData("1500000010123.25", "1500000010124", 1500000010, 123_250_000)]
    [InlineData("1500000010123456", "1500000010123457", 1500000010, 123_456_000)]
    [InlineData("1500000010123456789", "1500000010123456790", 1500000010, 123_456_789)]
    [InlineData("-1500000010123", "7", -1500000011, 877_000_000)]
    [InlineData("0", "0", 0, 0)]
    [InlineData("2017-07-14T02:40:10.9Z", "2017-07-14 02:40:10", 1500000010, 900_000_000)]
    public void The_unit_of_times_is_told_once_a_file_by_the_largest(string first, string second, long seconds, int nanoseconds)
    {
        Ratings read = Read(RatingsText.Utf8($"user,item,timestamp\nu,i,{first}\nu,j,{second}\n"));
        Assert.Equal(new Timestamp(seconds, nanoseconds), read.Time![0]);
    }

    [Fact]
    public void Times_of_a_second_are_ordered_by_their_fractions()
    {
        string rows = string.Concat(Enumerable.Range(0, 8).Select(i => $"u\ti{i}\t5\t1593878903.{8 - i}\n"));
        Market market = Market.Prepare(Read(RatingsText.Utf8("user_id:token\titem_id:token\trating:float\ttimestamp:float\n" + rows)));
        Assert.Equal(["i7", "i6", "i5", "i4", "i3", "i2"], market.TrainItems.ToArray().Select(market.Items.Text));
        Assert.Equal("i0", market.Items.Text(market.Test.Single().Item));
    }

    [Fact]
    public void The_digest_tells_times_of_the_same_second_apart()
    {
        Assert.NotEqual(Read("user,item,ts\nu,i,5.1\n"u8.ToArray()).Digest, Read("user,item,ts\nu,i,5.2\n"u8.ToArray()).Digest);
        Assert.Equal(
            Read("user,item,ts\nu,i,5.10\n"u8.ToArray()).Digest, Read("user,item,ts\nu,i,1970-01-01T00:00:05.1Z\n"u8.ToArray()).Digest);
    }

    [Theory]
    [InlineData("user_id:token\titem_id:token\ttimestamp:float\nu\ti\t7\n", 1, 7)]
    [InlineData("user_id:token\titem_id:token\tlabel:float\nu\ti\t0\n", 0, null)]
    [InlineData("user_id:token\titem_id:token\tlabel:float\trating:float\nu\ti\t0\t4\n", 4, null)]
    [InlineData("user_id:token\titem_id:token\nu\ti\n", 1, null)]
    [InlineData("date user_id item_id rating timestamp\n9 u i 3 7\n", 3, 7)]
    [InlineData("asin,parent_asin,user_id,rating\nx,i,u,2\n", 2, null)]
    [InlineData("userId,movieId,rating,timestamp\nu,i,2.5,7\n", 2.5, 7)]
    [InlineData("customer_id,sku,ts,price\nu,i,7,9.99\n", 1, 7)]
    [InlineData("user,item,rating,time\nu,i, 2 , 7\n", 2, 7)]
    public void Ratings_and_times_are_optional_and_of_two_columns_of_a_kind_the_better_is_taken(string text, float rating, int? seconds)
    {
        Ratings read = Read(RatingsText.Utf8(text));
        Assert.Equal(("u", "i", rating), (read.Users.Text(0), read.Items.Text(0), read.Rating[0]));
        Assert.Equal(seconds, (int?)read.Time?[0].Seconds);
    }

    [Theory]
    [InlineData("user=a,item=b", "u", "i")]
    [InlineData("user=b,item=a", "i", "u")]
    [InlineData("user=x,user=b,item=x,item=a", "i", "u")]
    [InlineData(" user = a , item = \"q", "u", "5")]
    [InlineData("user=a,item=b,rating=", "u", "i")]
    public void Named_columns_are_taken(string columns, string user, string item)
    {
        Ratings read = Read(
            "a,b,item,user,\"\"\"q\",rating\nu,i,x,y,5,5\n"u8.ToArray(), columns.Replace("\"q", "q", StringComparison.Ordinal));
        Assert.Equal((user, item), (read.Users.Text(0), read.Items.Text(0)));
        Assert.Equal(columns.Contains("rating=", StringComparison.Ordinal) ? 1 : 5, read.Rating[0]);
    }

    [Fact]
    public void A_named_column_that_a_file_lacks_is_an_error_and_a_file_without_a_header_has_its_own()
    {
        Assert.Equal($"{_directory["file"]}:1: there is no column who for the user; the file has user_id, item_id",
            Assert.Throws<DataFormatException>(() => Read("user_id,item_id\nu,i\n"u8.ToArray(), "user=who")).Message);
        Assert.Equal(1, Read("u i 5 2020-01-01\n"u8.ToArray(), "user=who").Count);
    }

    [Fact]
    public void A_byte_order_mark_that_joined_files_have_at_a_later_line_makes_no_user() =>
        Assert.Equal(["u"], Ids(Read(RatingsText.Utf8("\uFEFFu i 5 2020-01-01\n\uFEFFu i 5 2020-01-01\n")).Users));

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

    private Ratings Read(byte[] bytes, string? columns = null)
    {
        File.WriteAllBytes(_directory["file"], bytes);
        return RatingsReader.Read("jp", [_directory["file"]], columns is null ? null : ColumnNames.Parse(columns));
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
