// MarketChoice: the markets of a command line, with named columns, paths that contain separators, and lists.

using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class MarketChoiceTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Column_names_apply_to_every_market_of_the_command()
    {
        File.WriteAllText(tool["big.csv"], "buyer,thing,when\n\"a, b\",\"x \"\"1\"\"\",2020-01-01T00:00:00Z\nc,y,2020-01-02\n");
        File.WriteAllText(tool["small.csv"], "who;thing;when\nd;y;2020-01-01\n");
        Said said = ToolRun.Run(
            "stats", "--data", tool.Root, "--markets", "big, small", "--columns", "user=buyer,user=who",
            "--columns", "item=thing,time=when", "--json", tool["columns.json"], "--quiet").Done();
        Assert.Contains("| big    |     2 |     2 |       2 |", said.Output, StringComparison.Ordinal);
        Assert.Equal(1, (int)tool.Json("columns.json")["similarity"]![0]!["shared_items"]!);
        ToolRun.Run("stats", "--data", tool.Root, "--markets", "small", "--columns", "user=buyer", "--quiet")
            .Failed(1, "small.csv:1: there is no column buyer for the user; the file has who, thing, when");
        ToolRun.Run("stats", "--data", tool.Root, "--markets", "small", "--columns", "users=who", "--quiet")
            .Failed(2, "--columns: 'users' is not one of user, item, rating, time");
        ToolRun.Run("stats", "--data", tool.Root, "--markets", "small", "--columns", "user=", "--quiet")
            .Failed(2, "--columns: 'user=' names no column");
    }

    [Fact]
    public void A_path_may_contain_the_separators_of_files_and_markets()
    {
        File.Copy(tool["jp_5core.txt"], tool["odd+name,=.txt"]);
        Said said = ToolRun.Run("stats", "--data", tool.Root, "--markets", $"odd={tool["odd+name,=.txt"]},jp", "--quiet").Done();
        Assert.Contains("| odd    |", said.Output, StringComparison.Ordinal);
        Assert.Contains("| jp     |", said.Output, StringComparison.Ordinal);
    }
}
