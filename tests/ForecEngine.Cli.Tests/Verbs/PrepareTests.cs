// forec prepare: the rows that it keeps, its output, and the files that it does not replace.

using System.IO.Compression;
using System.Text;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class PrepareTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Raw_markets_are_restricted_to_the_items_of_the_filtered_us()
    {
        // In us, the items i0 to i24 have 25 rows or more, and i25 has fewer; jp has the items i0 to i6, i25 and x.
        string raw = Raw("raw");
        Write(
            Path.Combine(raw, "ratings_us_Books.txt.gz"),
            from user in Enumerable.Range(0, 30)
            from item in Enumerable.Range(0, user < 20 ? 26 : 12)
            select $"u{user} i{item} 5.0 2020-01-01");
        Write(
            Path.Combine(raw, "ratings_jp_Books.txt.gz"),
            from user in Enumerable.Range(0, 9)
            from item in (string[])["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i25", "x"]
            select $"u{user} {item} 5.0 2020-01-01");
        Said said = ToolRun.Run("prepare", "--data", raw, "--out", tool["made"], "--json", tool["prepared.json"], "--quiet").Done();
        Assert.Contains("| us     |         2.7m |   35k |    4.1m |          30 |    26 |     640 |          30 |    12 |     360 |",
            said.Output, StringComparison.Ordinal);
        Assert.Contains("| jp     |         117k |    4k |    174k |           9 |     9 |      81 |           9 |     7 |      63 |",
            said.Output, StringComparison.Ordinal);
        Assert.Equal(63, (int)tool.Json("prepared.json")["markets"]![1]!["kept"]!["ratings"]!);
        Assert.Equal(64, File.ReadLines(tool[Path.Combine("made", "jp_5core.txt")]).Count());

        byte[] before = File.ReadAllBytes(tool[Path.Combine("made", "us_5core.txt")]);
        ToolRun.Run("prepare", "--data", raw, "--out", tool["made"], "--item-k", "1", "--quiet")
            .Failed(1, "jp_5core.txt", "would be replaced; --force does so");
        ToolRun.Run("prepare", "--data", raw, "--markets", "jp", "--reference", "none", "--out", tool["made"], "--force", "--quiet").Done();
        Assert.Equal(82, File.ReadLines(tool[Path.Combine("made", "jp_5core.txt")]).Count());
        ToolRun.Run("prepare", "--data", raw, "--markets", "jp", "--reference", "us", "--out", tool["made"], "--force", "--quiet").Done();
        Assert.Equal(64, File.ReadLines(tool[Path.Combine("made", "jp_5core.txt")]).Count());
        Assert.Equal(before, File.ReadAllBytes(tool[Path.Combine("made", "us_5core.txt")]));
    }

    [Fact]
    public void A_market_without_remaining_rows_writes_no_file()
    {
        string raw = Raw("little");
        Write(Path.Combine(raw, "ratings_jp_Books.txt.gz"), ["u i 5.0 2020-01-01"]);
        ToolRun.Run("prepare", "--data", raw, "--out", tool["none"], "--quiet").Failed(1, "jp: the filter keeps none of its 1 rows");
        Assert.False(Directory.Exists(tool["none"]));
        ToolRun.Run("prepare", "--data", tool.Root, "--out", tool["none"], "--quiet").Failed(1, "has no ratings_NAME_*.txt.gz");
        ToolRun.Run("prepare", "--data", raw, "--out", tool["none"], "--reference-item-k", "3", "--quiet")
            .Failed(2, "there is no reference");
    }

    private string Raw(string name) => Directory.CreateDirectory(tool[name]).FullName;

    private static void Write(string path, IEnumerable<string> lines)
    {
        using FileStream file = File.Create(path);
        using GZipStream gzip = new(file, CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }
}
