// forec report --watch on a sweep whose last cell is missing at first.

using System.Text.Json.Nodes;
using ForecEngine.Cli.Sweeps;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class SweepWatchTests : IDisposable
{
    private const string Refresh = "<meta http-equiv=\"refresh\"";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ToolRun _tool = new();
    private readonly string _cell;

    public SweepWatchTests()
    {
        File.WriteAllText(_tool["grid.json"], new JsonObject
        {
            ["targets"] = new JsonArray("jp", "uk"),
            ["methods"] = new JsonArray("pop", "itemknn"),
        }.ToJsonString());
        ToolRun.Run("sweep", _tool["grid.json"], "--data", _tool.Root, "--out", Sweep, "--jobs", "1", "--quiet").Done();
        SweepFolder folder = new(Sweep);
        _cell = folder.CellOf(Manifest.Read(folder.Manifest).Cells.Last());
        Directory.Move(_cell, _tool["later"]);
    }

    private string Sweep => _tool["sweep"];

    private string Page => _tool["sweep/report/report.html"];

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task The_page_is_written_as_cells_finish_and_ends_as_the_report()
    {
        Task<Said> watch = Task.Run(() => ToolRun.Run("report", Sweep, "--watch"), TestContext.Current.CancellationToken);
        Assert.Contains("3 of 4 cells are done", await Written(), StringComparison.Ordinal);
        Assert.Contains(Refresh, await Written(), StringComparison.Ordinal);
        Assert.False(watch.IsCompleted);

        Directory.Move(_tool["later"], _cell);
        Said said = (await watch.WaitAsync(s_patience, TestContext.Current.CancellationToken)).Done();
        Assert.Equal($"{Page}: 3 of 4 cells\n", said.Error);
        string last = await Written();
        Assert.DoesNotContain(Refresh, last, StringComparison.Ordinal);
        ToolRun.Run("report", Sweep, "--out", _tool["once"]).Done();
        Assert.Equal(await File.ReadAllTextAsync(_tool["once/report.html"], TestContext.Current.CancellationToken), last);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_report_of_the_cells_so_far()
    {
        using ToolProcess watch = new("report", Sweep, "--watch", "--quiet");
        Assert.Contains(Refresh, await Written(), StringComparison.Ordinal);
        watch.Send("INT");
        Said said = watch.Wait();
        Assert.Equal(130, said.Status);
        Assert.Equal("forec: stopped by SIGINT; the report is of the cells so far; the same command goes on watching\n", said.Error);
        string last = await Written();
        Assert.DoesNotContain(Refresh, last, StringComparison.Ordinal);
        Assert.Contains("3 of 4 cells have finished", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_without_a_result_is_watched_too()
    {
        Directory.Move(_tool["sweep/cells"], _tool["all"]);
        using ToolProcess watch = new("report", Sweep, "--watch", "--quiet");
        Assert.Contains("0 of 4 cells are done", await Written(), StringComparison.Ordinal);
        watch.Send("TERM");
        Assert.Equal(143, watch.Wait().Status);
    }

    private async Task<string> Written()
    {
        using CancellationTokenSource patience = new(s_patience);
        while (!File.Exists(Page))
            await Task.Delay(10, patience.Token);
        return await File.ReadAllTextAsync(Page, patience.Token);
    }
}
