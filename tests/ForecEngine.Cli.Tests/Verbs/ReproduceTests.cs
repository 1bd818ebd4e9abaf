// forec reproduce on two markets of the demo.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class ReproduceTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void The_report_is_written_and_a_second_run_trains_nothing()
    {
        string[] words = ["reproduce", "--markets", "in,jp", "--epochs", "1", "--out", _tool["paper"], "--json", _tool["json"]];
        Said first = ToolRun.Run([.. words, "--quiet"]).Done();
        Assert.Empty(first.Error);
        Assert.Matches(@"\| forec +\|", first.Output);
        string report = Path.Combine(_tool["paper"], "report", "report.md");
        Assert.Contains($"{report}\n", first.Output, StringComparison.Ordinal);
        string page = File.ReadAllText(report);
        Assert.Contains("us_5core.txt", page, StringComparison.Ordinal);
        Assert.Equal("forec.report/1", (string?)JsonNode.Parse(File.ReadAllText(_tool["json"]))!["schema"]);

        string[] cells = Directory.GetFiles(Path.Combine(_tool["paper"], "cells"), "*.timing.json");
        Assert.Equal((2 * (5 + 7)) + (2 * 4 * 3), cells.Length);
        DateTime[] written = [.. cells.Select(File.GetLastWriteTimeUtc)];
        Assert.Empty(ToolRun.Run(words).Done().Error);
        Assert.Equal(written, cells.Select(File.GetLastWriteTimeUtc));
        Assert.Equal(page, File.ReadAllText(report));
    }

    [Theory]
    [InlineData("--markets", "in,jq", "no market 'jq'; did you mean 'jp'?")]
    [InlineData("--markets", "in", "pairs need two markets")]
    [InlineData("--markets", "in,in", "in is named twice")]
    [InlineData("--seeds", "1,1", "--seeds: a seed is named twice")]
    [InlineData("--seeds", "1,x", "--seeds: ")]
    [InlineData("--epochs", "0", "--epochs: ")]
    [InlineData("--data", "/nowhere", "/nowhere: no such directory")]
    public void What_cannot_be_reproduced_is_refused_before_anything_is_written(string option, string value, string problem)
    {
        Said said = ToolRun.Run("reproduce", option, value, "--out", _tool["paper"]);
        Assert.NotEqual(0, said.Status);
        Assert.Contains(problem, said.Error, StringComparison.Ordinal);
        Assert.Equal(1, said.Error.Count(c => c == '\n'));
        Assert.False(Directory.Exists(_tool["paper"]));
    }
}
