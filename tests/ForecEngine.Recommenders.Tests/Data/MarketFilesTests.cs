// Where a market's rows are looked up.

using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_filtered_file_comes_before_a_whole_one_and_that_before_raw_ones()
    {
        Make("ratings_jp_Electronics.txt.gz", "ratings_jp_Books.txt.gz", "ratings_jpx_Books.txt.gz");
        Assert.Equal([_directory["ratings_jp_Books.txt.gz"], _directory["ratings_jp_Electronics.txt.gz"]], MarketFiles.Find("jp", _directory.Root).Files);
        foreach (string better in (string[])["jp.txt.gz", "jp.txt", "jp_5core.txt"])
        {
            Make(better);
            Assert.Equal([_directory[better]], MarketFiles.Find("jp", _directory.Root).Files);
        }
    }

    [Fact]
    public void Files_can_be_named()
    {
        MarketFiles files = MarketFiles.Find("jp=a.txt+dir/b=c.gz", "nowhere");
        Assert.Equal("jp", files.Market);
        Assert.Equal(["a.txt", "dir/b=c.gz"], files.Files);
    }

    [Fact]
    public void An_unknown_market_is_answered_with_those_there_are()
    {
        Make("uk_5core.txt", "de.txt", "ratings_fr_Books.txt.gz", "notes.md");
        Assert.EndsWith("no market 'jp' (jp_5core.txt, jp.txt[.gz] or ratings_jp_*.txt.gz); there are de, fr, uk",
            Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", _directory.Root)).Message, StringComparison.Ordinal);
        string none = _directory["none"];
        Assert.Equal($"{none}: no such directory", Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", none)).Message);
        Directory.CreateDirectory(none);
        Assert.EndsWith("there is none at all", Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", none)).Message, StringComparison.Ordinal);
    }

    private void Make(params string[] names)
    {
        foreach (string name in names)
            File.WriteAllText(_directory[name], "");
    }
}
