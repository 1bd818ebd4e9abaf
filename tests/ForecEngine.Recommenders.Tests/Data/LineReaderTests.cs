// LineReader returns the lines of plain and gzip files, and detects truncation anywhere.

using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class LineReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 60)]
    public Property Lines_of_any_length_are_read_from_plain_and_gzip_files() =>
        Prop.ForAll(
            Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(65_000, 66_000), Gen.Choose(0, 300_000)).NonEmptyListOf().ToArbitrary(),
            Gen.Choose(0, 3).ToArbitrary(), (lengths, members) =>
        {
            string[] lines = [.. lengths.Take(12).Select((length, i) => new string((char)('a' + (i % 26)), length))];
            byte[] text = RatingsText.Utf8(string.Concat(lines.Select(line => line + "\n")));
            Assert.Equal(lines, Read(members == 0 ? text : RatingsText.Gzip(text, members)));
        });

    [Fact]
    public void A_gzip_file_is_refused_wherever_it_is_truncated()
    {
        byte[] text = RatingsText.Utf8(string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i * i % 17}\n")));
        byte[] whole = RatingsText.Gzip(text, 1);
        for (int length = 2; length < whole.Length; length++)
            Assert.Contains("truncated", Refused(whole[..length]), StringComparison.Ordinal);
        Assert.Equal(40, Read(whole).Count);
    }

    [Fact]
    public void The_members_of_a_gzip_file_are_read_as_one_text_and_each_must_be_complete()
    {
        byte[] text = RatingsText.Utf8(string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i}\n")));
        byte[] first = RatingsText.Gzip(text), second = RatingsText.Gzip(text);
        Assert.Equal(80, Read([.. first, .. second]).Count);
        for (int cut = 1; cut < second.Length; cut++)
            Refused([.. first, .. second[..^cut]]);
        Refused([.. first[..^4], .. second]);
    }

    [Fact]
    public void A_flipped_bit_in_the_gzip_body_is_refused_unless_it_is_a_fill_bit()
    {
        byte[] whole = RatingsText.Gzip(RatingsText.Utf8(string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i * i % 17}\n"))));
        List<string> lines = Read(whole);
        int same = 0;
        const int Header = 10;
        for (int i = Header; i < whole.Length; i++)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= 0x10;
            try
            {
                Assert.Equal(lines, Read(flipped));
                same++;
            }
            catch (DataFormatException exception)
            {
                Assert.True(RatingsText.IsOneLineOf(_directory["file"], exception), exception.Message);
            }
        }

        // The last byte of the compressed text may end with fill bits.
        Assert.InRange(same, 0, 1);
    }

    [Property(MaxTest = 60)]
    public Property A_gzip_file_padded_with_zeros_is_read_but_not_if_it_is_truncated_before_them() =>
        Prop.ForAll(
            Gen.Choose(1, 200).ToArbitrary(),
            Gen.OneOf(Gen.Choose(1, 9), Gen.Choose(8100, 8300), Gen.Constant(100_000)).ToArbitrary(),
            Gen.Choose(1, 400).ToArbitrary(), (count, zeros, cut) =>
        {
            byte[] text = RatingsText.Utf8(string.Concat(Enumerable.Range(0, count).Select(i => $"line {i * i % 17}\n")));
            byte[] whole = RatingsText.Gzip(text, 1 + (count % 3)), padding = new byte[zeros];
            Assert.Equal(count, Read([.. whole, .. padding]).Count);
            Refused([.. whole, .. padding, .. "x"u8]);
            Refused([.. whole, .. padding, .. whole]);
            whole = RatingsText.Gzip(text); // one member, since a cut between two members leaves a valid file
            byte[] left = whole[..Math.Max(2, whole.Length - cut)];
            if (whole.AsSpan(left.Length).ContainsAnyExcept((byte)0))
                Refused([.. left, .. padding]);
        });

    [Fact]
    public void Zeros_at_the_end_of_the_last_member_are_not_taken_for_padding()
    {
        // A member ends with the length of its text in four bytes, three of which are zero here.
        byte[] whole = RatingsText.Gzip("line\n"u8.ToArray());
        Assert.Equal(0, whole[^1]);
        for (int cut = 1; cut <= 8; cut++)
            Refused(whole[..^cut]);
        for (int padding = 0; padding <= 4; padding++)
            Assert.Single(Read([.. whole[..^3], .. new byte[3 + padding]]));
    }

    [Fact]
    public void Other_data_after_a_gzip_file_is_refused() => Assert.Contains(
        "followed by other data", Refused([.. RatingsText.Gzip("line\n"u8.ToArray()), .. "line\n"u8]), StringComparison.Ordinal);

    [Fact]
    public void An_empty_plain_or_gzip_file_has_no_lines()
    {
        Assert.Empty(Read([]));
        Assert.Empty(Read(RatingsText.Gzip([])));
    }

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, (byte)'a' }, "not UTF-8 text")]
    [InlineData(new byte[] { (byte)'a', 0xFF }, "not UTF-8 text")]
    [InlineData(new byte[] { 0xC3 }, "not UTF-8 text")]
    [InlineData(new byte[] { (byte)'a', 0 }, "byte 0x00 in a text file; is this the right file?")]
    [InlineData(new byte[] { 0x7F }, "byte 0x7F in a text file; is this the right file?")]
    [InlineData(new byte[] { (byte)'a', (byte)'\r', (byte)'b' }, "byte 0x0D in a text file; is this the right file?")]
    public void Bytes_that_are_not_text_are_refused_with_their_line(byte[] line, string problem) =>
        Assert.Equal($"{_directory["file"]}:2: {problem}", Refused([.. "first\n"u8, .. line, .. "\nthird\n"u8]));

    [Fact]
    public void A_byte_order_mark_at_the_start_of_a_line_is_skipped() =>
        Assert.Equal(["a", "b\uFEFF", "\uFEFFc", ""], Read(RatingsText.Utf8("\uFEFFa\n\uFEFFb\uFEFF\n\uFEFF\uFEFFc\n\uFEFF\n")));

    [Fact]
    public void UTF_16_text_is_refused()
    {
        Assert.Equal($"{_directory["file"]}:1: UTF-16 text; save it as UTF-8", Refused([0xFF, 0xFE, (byte)'a', 0]));
        Assert.Equal($"{_directory["file"]}:1: UTF-16 text; save it as UTF-8", Refused([0xFE, 0xFF, 0, (byte)'a']));
    }

    [Fact]
    public void An_endless_line_is_refused_before_it_fills_the_memory() => Assert.Equal(
        $"{_directory["file"]}:1: the line is longer than 16777216 bytes; is this the right file?",
        Refused(RatingsText.Gzip([.. Enumerable.Repeat((byte)'x', 20_000_000)])));

    [Fact]
    public void A_missing_file_and_a_directory_are_refused()
    {
        Assert.Equal($"{_directory["none"]}: no such file", NotOpened(_directory["none"]));
        Assert.Equal($"{_directory.Root}: is a directory, not a file", NotOpened(_directory.Root));
    }

    [Fact]
    public void A_file_without_read_permission_is_named()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("root ignores permissions");
            return;
        }

        File.WriteAllText(_directory["file"], "text");
        File.SetUnixFileMode(_directory["file"], UnixFileMode.None);
        Assert.Equal($"{_directory["file"]}: cannot be read: permission denied", NotOpened(_directory["file"]));
    }

    [Fact]
    public void A_read_error_after_opening_names_the_file_and_the_line()
    {
        const string Memory = "/proc/self/mem";
        if (!File.Exists(Memory))
            Assert.Skip("no /proc here");
        Assert.StartsWith($"{Memory}:1: reading fails here (", NotOpened(Memory), StringComparison.Ordinal);
    }

    private static string NotOpened(string path) => Assert.Throws<DataFormatException>(() => new LineReader(path)).Message;

    private List<string> Read(byte[] bytes)
    {
        File.WriteAllBytes(_directory["file"], bytes);
        using LineReader reader = new(_directory["file"]);
        List<string> lines = [];
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            lines.Add(System.Text.Encoding.UTF8.GetString(line));
            Assert.Equal(lines.Count, reader.Number);
        }

        return lines;
    }

    private string Refused(byte[] bytes)
    {
        DataFormatException thrown = Assert.Throws<DataFormatException>(() => Read(bytes));
        Assert.True(RatingsText.IsOneLineOf(_directory["file"], thrown), thrown.Message);
        return thrown.Message;
    }
}
