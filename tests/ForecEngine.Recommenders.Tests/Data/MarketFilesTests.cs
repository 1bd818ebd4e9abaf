// MarketFiles finds a market's files.

using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_5core_file_is_preferred_to_a_full_file_and_that_to_raw_files()
    {
        Make("ratings_jp_Electronics.txt.gz", "ratings_jp_Books.txt.gz", "ratings_jpx_Books.txt.gz");
        Assert.Equal(
            [_directory["ratings_jp_Books.txt.gz"], _directory["ratings_jp_Electronics.txt.gz"]],
            MarketFiles.Find("jp", _directory.Root).Files);
        foreach (string better in (string[])["jp.txt.gz", "jp.txt", "jp_5core.txt"])
        {
            Make(better);
            Assert.Equal([_directory[better]], MarketFiles.Find("jp", _directory.Root).Files);
        }
    }

    [Fact]
    public void Files_can_be_given_by_name()
    {
        MarketFiles files = MarketFiles.Find("jp=a.txt+dir/b=c.gz", "nowhere");
        Assert.Equal("jp", files.Market);
        Assert.Equal(["a.txt", "dir/b=c.gz"], files.Files);
    }

    [Fact]
    public void The_error_for_an_unknown_market_lists_the_known_ones()
    {
        Make("uk_5core.txt", "de.txt", "ratings_fr_Books.txt.gz", "notes.md");
        Assert.EndsWith("no market 'jp' (looked for jp_5core.txt, jp.txt[.gz], ratings_jp_*.txt.gz, jp.csv, ...); it has de, fr, uk",
            Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", _directory.Root)).Message, StringComparison.Ordinal);
        string none = _directory["none"];
        Assert.Equal($"{none}: no such directory", Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", none)).Message);
        Directory.CreateDirectory(none);
        string message = Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", none)).Message;
        Assert.EndsWith("; it has none", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jp.csv")]
    [InlineData("jp.tsv.gz")]
    [InlineData("jp.inter")]
    [InlineData("jp.parquet")]
    [InlineData("jp.jsonl.gz")]
    [InlineData("jp.data")]
    public void A_market_in_another_format_is_found(string name)
    {
        Make(name);
        Assert.Equal([_directory[name]], MarketFiles.Find("jp", _directory.Root).Files);
        Assert.Equal(["jp"], MarketFiles.Names(_directory.Root));
    }

    [Fact]
    public void Two_possible_files_of_a_market_are_refused_and_named()
    {
        Make("jp.csv", "jp_5core.txt");
        Assert.EndsWith("market 'jp' could be jp_5core.txt or jp.csv; name its file: jp=FILE",
            Assert.Throws<DataFormatException>(() => MarketFiles.Find("jp", _directory.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindRaw_prefers_raw_files()
    {
        Make("jp_5core.txt", "uk_5core.txt", "ratings_jp_Books.txt.gz");
        Assert.Equal([_directory["ratings_jp_Books.txt.gz"]], MarketFiles.FindRaw("jp", _directory.Root).Files);
        Assert.Equal([_directory["uk_5core.txt"]], MarketFiles.FindRaw("uk", _directory.Root).Files);
    }

    [Fact]
    public void An_existing_path_is_not_split_at_separators_in_it()
    {
        Make("a+b,c=d.csv", "a", "b+c");
        string odd = _directory["a+b,c=d.csv"], a = _directory["a"], b = _directory["b+c"];
        Assert.Equal([odd], MarketFiles.Find($"jp={odd}", "").Files);
        Assert.Equal([a, odd, b], MarketFiles.Find($"jp={a}+{odd}+{b}", "").Files);
        Assert.Equal([$"jp={odd}", "uk", $"de={a}+{odd}"], MarketFiles.Split($"jp={odd}, uk ,de={a}+{odd}"));
    }

    [Theory]
    [InlineData("jp", "jp")]
    [InlineData("ca, uk", "ca|uk")]
    [InlineData("a=x.csv,b=y.csv", "a=x.csv|b=y.csv")]
    [InlineData("a=x\\,y.csv,b", "a=x,y.csv|b")]
    [InlineData("ca,", "ca|")]
    [InlineData("", "")]
    public void A_list_is_split_at_commas_that_are_not_escaped(string list, string markets) =>
        Assert.Equal(markets.Split('|'), MarketFiles.Split(list));

    [Theory]
    [InlineData("jp=a+b", "a|b")]
    [InlineData("jp=a\\+b+c", "a+b|c")]
    [InlineData("jp=a\\b", "a\\b")]
    [InlineData("jp=", "")]
    public void Files_are_split_at_plus_signs_that_are_not_escaped(string market, string files) =>
        Assert.Equal(files.Split('|'), MarketFiles.Find(market, "").Files);

    private void Make(params string[] names)
    {
        foreach (string name in names)
            File.WriteAllText(_directory[name], "");
    }
}
