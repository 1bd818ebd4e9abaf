// ParquetRows reads ratings of several column types, and refuses nulls and damaged files.

using System.Buffers.Binary;
using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class ParquetRowsTests : IDisposable
{
    private static readonly DataField s_user = new DataField<string>("user_id", nullable: false);
    private static readonly DataField s_item = new DataField<string>("item_id", nullable: false);
    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory["file"];

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 100)]
    public Property Rows_and_digest_are_those_of_a_text_file_with_the_same_rows() =>
        Prop.ForAll(RatingsText.Rows, Gen.Choose(1, 3).ToArbitrary(), (rows, groups) =>
    {
        Ratings expected = TestMarkets.Ratings("jp", rows), read = Read(Rows(rows, groups));
        Assert.Equal(expected.UserOf, read.UserOf);
        Assert.Equal(expected.ItemOf, read.ItemOf);
        Assert.Equal(expected.Rating, read.Rating);
        Assert.Equal(expected.Time, read.Time);
        System.IO.File.WriteAllText(Path, RatingsText.Of("xmarket", rows));
        Assert.Equal(RatingsReader.Read("jp", [Path]).Digest, read.Digest);
    });

    [Property(MaxTest = 50, Arbitrary = [typeof(Generators)])]
    public Property A_damaged_file_is_read_or_refused_in_one_line_that_names_it(Seed seed) => Prop.ForAll(RatingsText.Rows, rows =>
    {
        byte[] good = Rows(rows, 2);
        for (ulong i = 0; i < 10; i++)
        {
            ReadsOrIsRefused(RatingsText.Damaged(good, seed.Value + i));
        }
    });

    [Fact]
    public void A_file_with_one_changed_byte_is_read_or_refused_without_a_hang_or_a_crash()
    {
        byte[] good = Rows([.. Enumerable.Range(0, 3).Select(i => new Row($"u{i % 2}", $"i{i % 5}", i % 6, i * 86400L))], 1);
        for (int place = 0; place < good.Length; place++)
        {
            foreach (byte other in (ReadOnlySpan<byte>)[0xFF, (byte)(good[place] ^ 1)])
            {
                byte[] bytes = [.. good];
                bytes[place] = other;
                ReadsOrIsRefused(bytes);
            }
        }
    }

    [Fact]
    public void Unknown_fields_of_the_footer_are_skipped()
    {
        // A struct with an unknown field number at the footer's start. Its fields are a number, a text, a list, a map and a struct.
        byte[] unknown = [0x0C, 0x64, 0x15, 0x02, 0x18, 0x01, (byte)'x', 0x19, 0x25, 0x02, 0x04, 0x1B, 0x01, 0x58, 0x02, 0x01, (byte)'y',
            0x1C, 0x11, 0x00, 0x00];
        byte[] good = Rows([new Row("u", "i", 5, 86400)], 1);
        int footer = BinaryPrimitives.ReadInt32LittleEndian(good.AsSpan()[^8..]);
        // The next field is the version. Its number must now be written in full, since numbers are otherwise relative to the last one.
        byte[] longer = [.. good[..^(footer + 8)], .. unknown, 0x05, 0x02, .. good[^(footer + 7)..^8], .. good[^8..]];
        Assert.Equal(0x15, good[^(footer + 8)]);
        BinaryPrimitives.WriteInt32LittleEndian(longer.AsSpan()[^8..], footer + unknown.Length + 1);
        Assert.Equal(1, Read(longer).Count);
    }

    [Fact]
    public void Whole_numbers_are_read_as_ids_and_as_times_in_the_inferred_unit()
    {
        DataField user = new DataField<long>("customer_id"), item = new DataField<int>("sku"), rating = new DataField<double>("stars"),
            time = new DataField<long>("ts");
        Ratings read = Read(File(new ParquetSchema(user, item, rating, time), async group =>
        {
            await group.WriteAsync<long>(user, Values(-7L, long.MaxValue));
            await group.WriteAsync<int>(item, Values(1, 2));
            await group.WriteAsync<double>(rating, Values(4.5, 1e-3));
            await group.WriteAsync<long>(time, Values(1500000010123L, 5L));
        }));
        Assert.Equal(["-7", "9223372036854775807"], Enumerable.Range(0, 2).Select(read.Users.Text));
        Assert.Equal(["1", "2"], Enumerable.Range(0, 2).Select(read.Items.Text));
        Assert.Equal([4.5f, 1e-3f], read.Rating);
        Assert.Equal([new Timestamp(1500000010, 123_000_000), new Timestamp(0, 5_000_000)], read.Time!);
    }

    [Fact]
    public void A_null_is_refused_with_its_row_number_over_all_row_groups()
    {
        DataField rating = new DataField<float?>("rating");
        byte[] bytes = File(new ParquetSchema(s_user, s_item, rating), Group([1f, 2f]), Group([3f, null]));
        Assert.Equal($"{Path}: row 4: column rating is null", Assert.Throws<DataFormatException>(() => Read(bytes)).Message);

        Func<ParquetRowGroupWriter, Task> Group(float?[] ratings) => async group =>
        {
            await group.WriteAsync(s_user, ["u", "v"]);
            await group.WriteAsync(s_item, ["i", "j"]);
            await group.WriteAsync<float>(rating, ratings.AsMemory());
        };
    }

    [Fact]
    public void A_column_of_a_type_that_cannot_be_an_id_is_refused()
    {
        DataField user = new DataField<double>("user_id");
        byte[] bytes = File(new ParquetSchema(user, s_item), async group =>
        {
            await group.WriteAsync<double>(user, Values(1.0));
            await group.WriteAsync(s_item, ["i"]);
        });
        Assert.Equal($"{Path}: column user_id has type Double; expects a text or a whole number as id",
            Assert.Throws<DataFormatException>(() => Read(bytes)).Message);
    }

    [Fact]
    public void A_truncated_file_a_wrong_footer_length_and_a_missing_column_are_refused()
    {
        byte[] good = Rows([new Row("u", "i", 5, 0)], 1);
        for (int length = 5; length < good.Length; length += 7)
            Assert.Equal($"{Path}: the Parquet file is damaged or truncated; fetch it again",
                Assert.Throws<DataFormatException>(() => Read(good[..length])).Message);
        good.AsSpan()[^5] = 0x7F;
        Assert.Contains("damaged or truncated", Assert.Throws<DataFormatException>(() => Read(good)).Message, StringComparison.Ordinal);
        byte[] other = File(new ParquetSchema(s_item), async group => await group.WriteAsync(s_item, ["i"]));
        Assert.Equal($"{Path}: there is no column for the user (userid, user, ...); the file has item_id",
            Assert.Throws<DataFormatException>(() => Read(other)).Message);
    }

    private static byte[] Rows(Row[] rows, int groups)
    {
        DataField rating = new DataField<float>("rating"), time = new DataField<DateTime>("timestamp");
        ParquetSchema schema = new(time, s_item, s_user, rating);
        return File(schema, [.. Enumerable.Range(0, groups).Select<int, Func<ParquetRowGroupWriter, Task>>(g => async group =>
        {
            Row[] part = [.. rows.Skip(rows.Length * g / groups).Take((rows.Length * (g + 1) / groups) - (rows.Length * g / groups))];
            await group.WriteAsync<DateTime>(time, part.Select(row => DateTime.UnixEpoch.AddSeconds(row.Time)).ToArray());
            await group.WriteAsync(s_item, part.Select(row => row.Item).ToArray());
            await group.WriteAsync(s_user, part.Select(row => row.User).ToArray());
            await group.WriteAsync<float>(rating, part.Select(row => row.Rating).ToArray());
        })]);
    }

    private static ReadOnlyMemory<T> Values<T>(params T[] values) => values;

    private static byte[] File(ParquetSchema schema, params Func<ParquetRowGroupWriter, Task>[] groups)
    {
        using MemoryStream bytes = new();
        Write().GetAwaiter().GetResult();
        return bytes.ToArray();

        async Task Write()
        {
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, bytes);
            foreach (Func<ParquetRowGroupWriter, Task> write in groups)
            {
                using ParquetRowGroupWriter group = writer.CreateRowGroup();
                await write(group);
            }
        }
    }

    private void ReadsOrIsRefused(byte[] bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (DataFormatException exception)
        {
            Assert.True(RatingsText.IsOneLineOf(Path, exception), exception.Message);
        }
    }

    private Ratings Read(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(Path, bytes);
        return RatingsReader.Read("jp", [Path]);
    }
}
