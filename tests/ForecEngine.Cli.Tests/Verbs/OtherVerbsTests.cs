// The output of stats, generate, devices, gradcheck and demo, as text and as JSON.

using System.Text.Json.Nodes;
using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class OtherVerbsTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Stats_counts_the_rows_of_the_files()
    {
        Said said = ToolRun.Run("stats", "--data", tool.Root, "--markets", "jp,uk", "--json", tool["stats.json"], "--quiet").Done();
        Assert.Empty(said.Error);
        foreach (JsonNode? market in tool.Json("stats.json")["markets"]!.AsArray())
        {
            string[][] rows = [.. File.ReadLines(tool[$"{market!["market"]}_5core.txt"]).Skip(1).Select(line => line.Split(' '))];
            Assert.Equal(rows.Length, (int)market["ratings"]!);
            Assert.Equal(rows.Select(row => row[0]).Distinct().Count(), (int)market["users"]!);
            Assert.Equal(rows.Select(row => row[1]).Distinct().Count(), (int)market["items"]!);
            Assert.Equal(rows.GroupBy(row => row[0]).Max(g => g.Count()), (int)market["max_per_user"]!);
            Assert.Contains($"| {market["market"]}     |", said.Output, StringComparison.Ordinal);
        }

        Assert.Equal(["jp", "uk"], tool.Json("stats.json")["similarity"]![0]!["markets"]!.AsArray().Select(name => (string?)name));
        ToolRun.Run("stats", "--data", tool.Root, "--markets", "jp", "--k-core", "1000", "--quiet").Failed(1, "jp: the 1000-core of its");
    }

    // The sizes of XMarket's Electronics markets in the data of its authors' code.
    [Theory]
    [InlineData("ca", 44_779, 4_668, 5_735)]
    [InlineData("de", 17_300, 1_851, 2_179)]
    [InlineData("fr", 17_624, 1_838, 1_879)]
    [InlineData("in", 2_015, 239, 470)]
    [InlineData("jp", 4_485, 487, 955)]
    [InlineData("mx", 17_095, 1_878, 1_645)]
    [InlineData("uk", 31_547, 3_352, 3_251)]
    public void The_statistics_of_XMarket_are_the_published_ones(string market, int ratings, int users, int items)
    {
        string xmarket = RepositoryFiles.At("..", "shared", "data", "xmarket");
        if (!Directory.Exists(xmarket))
            Assert.Skip($"{xmarket} is not here");
        ToolRun.Run("stats", "--data", xmarket, "--markets", market, "--json", tool[$"{market}.json"], "--quiet").Done();
        JsonNode stats = tool.Json($"{market}.json")["markets"]![0]!;
        Assert.Equal(
            (ratings, users, items, 7),
            ((int)stats["ratings"]!, (int)stats["users"]!, (int)stats["items"]!, (int)stats["min_per_user"]!));
    }

    [Fact]
    public void Generate_writes_markets_that_stats_can_read_and_that_depend_only_on_the_seed()
    {
        string[] de = ["generate", "--scale", "0.01", "--markets", "de", "--seed", "3"];
        ToolRun.Run([.. de, "--out", tool["made"], "--json", tool["made.json"]]).Done();
        JsonNode made = tool.Json("made.json")["markets"]![0]!;
        string file = tool[Path.Combine("made", "de_5core.txt")];
        Assert.Equal(file, (string?)made["file"]);
        Assert.Equal((int)made["ratings"]!, File.ReadLines(file).Count() - 1);
        byte[] bytes = File.ReadAllBytes(file);
        ToolRun.Run("generate", "--scale", "0.01", "--markets", "de", "--seed", "3", "--out", tool["made"], "--force").Done();
        Assert.Equal(bytes, File.ReadAllBytes(file));
        string[] again = ["generate", "--scale", "0.01", "--markets", "de", "--seed", "4", "--out", tool["made"]];
        ToolRun.Run(again).Failed(1, "de_5core.txt would be replaced; --force does so");
        Assert.Equal(bytes, File.ReadAllBytes(file));
        ToolRun.Run([.. again, "--force"]).Done();
        Assert.NotEqual(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void Devices_lists_the_CPU()
    {
        Said said = ToolRun.Run("devices", "--json", tool["devices.json"]).Done();
        Assert.Contains("| cpu ", said.Output, StringComparison.Ordinal);
        JsonArray devices = tool.Json("devices.json")["devices"]!.AsArray();
        Assert.Equal(["cpu", "scalar"], devices.Take(2).Select(device => (string?)device!["device"]));
    }

    [Fact]
    public void Gradcheck_passes_and_lists_each_gradient_once()
    {
        Said said = ToolRun.Run("gradcheck", "--cases", "1", "--json", tool["gradcheck.json"]).Done();
        Assert.Contains("every gradient holds", said.Output, StringComparison.Ordinal);
        JsonObject json = tool.Json("gradcheck.json");
        Assert.True((bool)json["holds"]!);
        string[] names = [.. json["gradients"]!.AsArray().Select(gradient => (string)gradient!["gradient"]!)];
        Assert.Equal(names.Distinct(), names);
        Assert.Contains("nmf", names);
        Assert.All(names, name => Assert.Contains($"| {name} ", said.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void Demo_compares_training_with_and_without_the_large_market()
    {
        Said said = ToolRun.Run("demo", "--data", tool.Root, "--json", tool["demo.json"], "--quiet").Done();
        Assert.Empty(said.Error);
        Assert.Contains("nDCG@10 that nmf++ with uk adds to nmf: jp ", said.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["nmf for jp", "nmf++ for jp with uk", "forec for jp with uk", "nmf for in", "nmf++ for in with uk", "forec for in with uk"],
            tool.Json("demo.json")["rows"]!.AsArray().Select(row => (string?)row!["name"]));
    }
}
