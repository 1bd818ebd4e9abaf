// RatingsReader reads the same rows from every format and every kind of line end, and names what is wrong with a damaged file.

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
    private const string Time =
        "expects a date (yyyy-mm-dd, also with hh:mm:ss and a zone) or a number of seconds, milli-, micro- or nanoseconds since 1970";

    private const string Header =
        "expects a header that names the columns (userId itemId rate date) or a row of user, item, rating and date";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 100)]
    public Property Every_format_gives_the_same_rows_and_all_formats_with_times_the_same_digest() => Prop.ForAll(RatingsText.Rows, rows =>
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
    public Property Line_ends_a_byte_order_mark_gzip_and_empty_last_lines_make_no_difference() =>
        Prop.ForAll(
            RatingsText.Rows, Gen.Elements(RatingsText.Formats).ToArbitrary(), Gen.Choose(0, 31).ToArbitrary(), (rows, format, how) =>
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
    public Property Several_files_are_read_as_if_they_were_one() => Prop.ForAll(RatingsText.Rows, RatingsText.Rows, (first, second) =>
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
    public void Random_bytes_are_read_or_refused_in_one_line(byte[] bytes, bool gzip)
    {
        ReadsOrIsRefused(bytes);
        ReadsOrIsRefused([0x1F, 0x8B, 8, 0, .. bytes]);
        if (gzip)
            ReadsOrIsRefused(RatingsText.Gzip(bytes));
    }

    [Theory]
    [InlineData("", 1, "the file is empty; expects a header (userId itemId rate date) and rows")]
    [InlineData("userId itemId rate date\n", 2, "the file has no rows after the header")]
    [InlineData("userId itemId itemId rate date\n", 1,
        "there are two columns itemId for the item; the file has userId, itemId, itemId, rate, date")]
    [InlineData(
        "userId rate date\nu 5 2020-01-01\n", 1, "there is no column for the item (itemid, item, ...); the file has userId, rate, date")]
    [InlineData("one two\n", 1, Header)]
    [InlineData("userId itemId rate date\nu i five 2020-01-01\n", 2, "the rating 'five' is not a number")]
    [InlineData("userId itemId rate date\nu i NaN 2020-01-01\n", 2, "the rating 'NaN' is not a number")]
    [InlineData("userId itemId rate date\nu i 1e99 2020-01-01\n", 2, "the rating '1e99' is not a number")]
    [InlineData("userId itemId rate date\nu i  2020-01-01\n", 2, "the rating '' is not a number")]
    [InlineData("userId itemId rate date\nu i 5 2020-02-30\n", 2, Time + ", got '2020-02-30'")]
    [InlineData("userId itemId rate date\nu i 5 -001-02-03\n", 2, Time + ", got '-001-02-03'")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu i 5\n", 3, "expects 4 fields, got 3")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01 x\n", 2, "expects 4 fields, got 5")]
    [InlineData("userId itemId rate date\n i 5 2020-01-01\n", 2, "the user id is empty")]
    [InlineData("userId itemId rate date\nu  5 2020-01-01\n", 2, "the item id is empty")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nuserId itemId rate date\n", 3,
        "the header is repeated; only the first line may be a header")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\n\n\nu j 5 2020-01-01\n", 3, "an empty line between rows")]
    [InlineData("userId itemId rate date\nu\tv i 5 2020-01-01\n", 2,
        "the line contains a tab, but tabs do not separate the fields of this file")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu \0 5 2020-01-01\n", 3, "byte 0x00 in a text file; is this the right file?")]
    [InlineData("userId itemId rate date\nu i 5 2020-01-01\nu i 5 7\n", 3, "the time '7' is a number, but the rows before it have dates")]
    [InlineData("userId itemId rate date\nu i 5 7\nu i 5 2020-01-01\n", 3,
        "the time '2020-01-01' is a date, but the rows before it have numbers")]
    [InlineData("userId itemId rate date\nu a\uFEFFb 5 7\n", 2, "the item id contains an invisible byte-order mark (U+FEFF); remove it")]
    [InlineData("user,item,rating\nu,i,5\nu,5\" disk,5\n", 3,
        "a quote within an unquoted field (after '5'); quote the whole field and double the quotes in it")]
    [InlineData("user,item,rating\nu,5\" a,5\nu,6\" b,5\n", 2,
        "a quote within an unquoted field (after '5'); quote the whole field and double the quotes in it")]
    [InlineData("user,item,rating\nu,i,5\nu,\"i,5\n", 3, "a field begins with a quote but does not end with one")]
    [InlineData("user,item,rating\nu,\"a\nb\",5\n", 2, "the item id 'a?b' contains a tab, a line break or another control character")]
    [InlineData("user,item,rating,note\nu,i,5,\"two\nlines\"\nu,i,five,x\n", 4, "the rating 'five' is not a number")]
    [InlineData("user,item,rating,note\nu,i,5,\"two\n\nlines\"\n\nu,i,5,x\n", 5, "an empty line between rows")]
    [InlineData("user,item,rating\nu,i,5\nuser,item,rating\n", 3, "the header is repeated; only the first line may be a header")]
    [InlineData("user,item,rating\nu,i\n", 2, "expects 3 fields, got 2")]
    [InlineData("user;item;rating\nu;i;4,5\n", 2, "the rating '4,5' is not a number; use a decimal point")]
    [InlineData("u1,i1,5,2020-01-01\n", 1, Header)]
    [InlineData("[{\"user_id\":1}]\n", 1, "expects one JSON object per line, without commas between them, got a JSON array")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":1}\n", 2, "the object has no item_id, but the first object has it")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":1,\"item_id\":2} x\n", 2, "expects a complete JSON object on one line")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":null,\"item_id\":2}\n", 2, "user_id is null")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":[1],\"item_id\":2}\n", 2, "user_id is neither a string nor a number")]
    [InlineData("{\"user_id\":1,\"item_id\":2}\n{\"user_id\":1,\"user_id\":1,\"item_id\":2}\n", 2, "the object has user_id twice")]
    [InlineData("{\"user_id\":1,\"item_id\":\"a\\nb\"}\n", 1,
        "the item id 'a?b' contains a tab, a line break or another control character")]
    [InlineData("{\"user_id\":1,\"item_id\":\"\\ud800\"}\n", 1, "expects a complete JSON object on one line")]
    public void The_message_names_the_line_and_what_is_wrong_with_it(string text, int line, string problem) =>
        Assert.Equal(
            $"{_directory["file"]}:{line}: {problem}", Assert.Throws<DataFormatException>(() => Read(RatingsText.Utf8(text))).Message);

    [Fact]
    public void A_very_long_field_is_cut_in_the_message()
    {
        byte[] file = RatingsText.Utf8($"userId itemId rate date\nu i {new string('x', 100_000)} 2020-01-01\n");
        string message = Assert.Throws<DataFormatException>(() => Read(file)).Message;
        Assert.InRange(message.Length, 1, 300);
    }

    [Theory]
    [InlineData("1970-01-01", 0)]
    [InlineData("2020-02-29", 1582934400)]
    [InlineData("0001-01-01", -62135596800)]
    [InlineData("1582934400", 1582934400)]
    public void A_date_is_read_as_seconds_since_1970(string date, long seconds) =>
        Assert.Equal(new Timestamp(seconds), Assert.Single(Read(RatingsText.Utf8($"userId itemId rate date\nu i 5 {date}\n")).Time ?? []));

    [Fact]
    public void Other_columns_are_ignored_and_swapping_user_and_item_changes_the_digest()
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
    public void The_unit_of_a_file_s_times_is_inferred_from_the_largest_one(string first, string second, long seconds, int nanoseconds)
    {
        Ratings read = Read(RatingsText.Utf8($"user,item,timestamp\nu,i,{first}\nu,j,{second}\n"));
        Assert.Equal(new Timestamp(seconds, nanoseconds), read.Time![0]);
    }

    [Fact]
    public void Times_within_a_second_are_ordered_by_their_fractions()
    {
        string rows = string.Concat(Enumerable.Range(0, 8).Select(i => $"u\ti{i}\t5\t1593878903.{8 - i}\n"));
        Market market = Market.Prepare(Read(RatingsText.Utf8("user_id:token\titem_id:token\trating:float\ttimestamp:float\n" + rows)));
        Assert.Equal(["i7", "i6", "i5", "i4", "i3", "i2"], market.TrainItems.ToArray().Select(market.Items.Text));
        Assert.Equal("i0", market.Items.Text(market.Test.Single().Item));
    }

    [Fact]
    public void The_digest_distinguishes_times_within_a_second()
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
    public void Ratings_and_times_are_optional_and_the_preferred_one_of_two_possible_columns_is_read(
        string text, float rating, int? seconds)
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
    public void Columns_that_are_given_by_name_are_read(string columns, string user, string item)
    {
        Ratings read = Read(
            "a,b,item,user,\"\"\"q\",rating\nu,i,x,y,5,5\n"u8.ToArray(), columns.Replace("\"q", "q", StringComparison.Ordinal));
        Assert.Equal((user, item), (read.Users.Text(0), read.Items.Text(0)));
        Assert.Equal(columns.Contains("rating=", StringComparison.Ordinal) ? 1 : 5, read.Rating[0]);
    }

    [Fact]
    public void A_missing_named_column_is_an_error_but_a_file_without_a_header_ignores_names()
    {
        Assert.Equal($"{_directory["file"]}:1: there is no column who for the user; the file has user_id, item_id",
            Assert.Throws<DataFormatException>(() => Read("user_id,item_id\nu,i\n"u8.ToArray(), "user=who")).Message);
        Assert.Equal(1, Read("u i 5 2020-01-01\n"u8.ToArray(), "user=who").Count);
    }

    [Fact]
    public void A_byte_order_mark_in_the_middle_of_concatenated_files_is_not_part_of_an_id() =>
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
            Assert.DoesNotContain(Ids(read.Users).Concat(Ids(read.Items)), id => id.Length == 0 || id.AsSpan().ContainsAny('\t', '\n'));
        }
        catch (DataFormatException exception)
        {
            Assert.True(RatingsText.IsOneLineOf(_directory["file"], exception), exception.Message);
        }
    }
}
