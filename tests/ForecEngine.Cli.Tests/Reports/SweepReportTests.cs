// forec report on a small sweep: the numbers are those of the cells and of forec compare.

using System.Text.Json.Nodes;
using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Sweeps;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class SweepReportTests(SweepReportTests.Reported sweep) : IClassFixture<SweepReportTests.Reported>
{
    private const string Hostile = "u|k<b>*"; // the name of a market

    [Fact]
    public void A_figure_is_the_mean_of_the_cells_of_its_seeds()
    {
        SweepReport report = SweepReport.Of(sweep.Folder, new());
        MethodTable table = report.Tables.First(table => table.Table.Candidates == NamedRanking.Sampled).Table;
        double[] seeds = [.. Cells("pop", "jp").Select(cell => Result(cell)["test"]!["ndcg@10"]!.GetValue<double>())];
        MethodValue pop = table.Blocks.Single(block => block.Kind == BlockKind.Single).Rows[0].Values[0]!;
        Assert.Equal(seeds.Average(), pop.Scores.Means[0]);
        Assert.Equal(seeds, pop.Scores.BySeed);
        Assert.Equal(pop.Scores.Means[0], pop.Scores.PerUser[0].Average(), 1e-12);
        MethodTable full = report.Tables.First(table => table.Table.Candidates == NamedRanking.AllItems).Table;
        Assert.Equal(
            Cells("pop", "jp").Average(cell => Result(cell)["test_all_items"]!["hr@10"]!.GetValue<double>()),
            full.Blocks[0].Rows[0].Values[0]!.Scores.Means[1]);
    }

    [Fact]
    public void Tests_are_those_of_compare()
    {
        ComparedRun[] runs =
        [
            .. ((string[])["maml", "nmf++", "forec"]).SelectMany(method => Cells(method, "jp"))
                .Select(cell => ComparedRun.Read(new SweepFolder(sweep.Folder).CellOf(cell))),
        ];
        RunComparison comparison = RunComparison.Of(runs, new() { Candidates = NamedRanking.Sampled, Resamples = 100 }, threads: 1);
        MethodBlock block = SweepReport.Of(sweep.Folder, new()).Tables[0].Table.Blocks.Single(block => block.Kind == BlockKind.BestSource);
        string[] systems = [.. comparison.Systems.Select(system => system.Name)];
        foreach (PairComparison pair in comparison.Pairs.Where(pair => pair.Metric is "ndcg@10" or "hr@10"))
        {
            string baseline = comparison.Systems[Array.IndexOf(systems, pair.First)].Runs[0].Experiment.Method;
            string method = comparison.Systems[Array.IndexOf(systems, pair.Second)].Runs[0].Experiment.Method;
            BaselineTest test = block.Rows.Single(row => row.Method == method).Values[0]!.Tests
                .Single(test => test.Baseline == baseline && test.Metric == (pair.Metric == "hr@10" ? 1 : 0));
            Assert.Equal((pair.Test, pair.HolmP), (test.Test, test.HolmP));
        }

        Assert.Equal(9, comparison.Pairs.Count); // three pairs and three metrics
    }

    [Fact]
    public void The_verb_writes_the_page_and_prints_table_3()
    {
        Said said = ToolRun.Run("report", sweep.Folder, "--json", sweep.Tool["report.json"]).Done();
        Assert.Empty(said.Error);
        string page = File.ReadAllText(Path.Combine(sweep.Folder, "report", "report.md"));
        Assert.StartsWith("# Report of the sweep grid\n\n16 of 16 cells have finished.", page, StringComparison.Ordinal);
        Assert.Contains(@"u\|k\<b\>\*", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
        Assert.Contains("this sweep has no us market", page, StringComparison.Ordinal);
        Assert.Contains("| Single | pop | ", page, StringComparison.Ordinal);
        string users = $"{Count("jp_5core.txt", column: 0)}", items = $"{Count("jp_5core.txt", column: 1)}";
        Assert.Contains($"| jp | {users} | {items} | ", page, StringComparison.Ordinal);
        Assert.Contains("The markets of this sweep are others", page, StringComparison.Ordinal);
        Assert.Contains("gmf (Single) for de is printed with nDCG@10 0.1109", page, StringComparison.Ordinal);
        Assert.Contains("nDCG@10 of test among sampled items", said.Output, StringComparison.Ordinal);
        Assert.EndsWith("report.md\n" + Path.Combine(sweep.Folder, "report", "report.html") + "\n", said.Output, StringComparison.Ordinal);
        Assert.Contains("](figure-5a.svg)", page, StringComparison.Ordinal);
        Assert.All(["figure-5a.svg", "figure-5a.png", "report.html"], name => Assert.True(File.Exists(sweep.Tool["sweep/report/" + name])));

        JsonObject json = sweep.Tool.Json("report.json");
        Assert.Equal("forec.report/1", (string?)json["schema"]);
        Assert.Equal(2 * 2 * 4, json["methods"]!.AsArray().Count); // candidates, targets and methods: there is only one source
        Assert.Equal(2 * 2, json["gains"]!.AsArray().Count);
        double forec = Cells("forec", Hostile).Average(cell => Result(cell)["test"]!["ndcg@10"]!.GetValue<double>());
        JsonNode written = json["methods"]!.AsArray()
            .First(row => ((string?)row!["method"], (string?)row["target"]) == ("forec", Hostile))!;
        Assert.Equal(("sampled", "jp", forec), ((string?)written["candidates"], (string?)written["source"], (double?)written["ndcg@10"]));

        Said fixedSource = ToolRun.Run("report", sweep.Folder, "--fixed-source", "jp", "--out", sweep.Tool["elsewhere"]).Done();
        Assert.Contains("| Fix-Src jp ", fixedSource.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(sweep.Tool["elsewhere/report.md"]));
    }

    [Fact]
    public void A_sweep_that_is_not_complete_has_a_report_that_says_so()
    {
        string partial = sweep.Copy("partial");
        SweepTask cell = Cells("maml", "jp")[1];
        Directory.Delete(new SweepFolder(partial).CellOf(cell), recursive: true);
        Said said = ToolRun.Run("report", partial, "--json", "-").Done();
        Assert.Equal([cell.Digest], JsonNode.Parse(said.Output)!["missing"]!.AsArray().Select(digest => (string?)digest));
        string page = File.ReadAllText(Path.Combine(partial, "report", "report.md"));
        Assert.Contains("15 of 16 cells have finished.", page, StringComparison.Ordinal);
        Assert.Contains("> **Warning:** Cells without a result: 1 of 16.", page, StringComparison.Ordinal);
        Assert.Contains("| Only source | maml | - | 0.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_cell_is_read_once_unless_its_result_is_written_anew()
    {
        string copy = sweep.Copy("cached");
        SweepTask cell = Cells("maml", "jp")[0];
        FinishedCells cells = new(copy);
        CellValues first = cells.Of(cell, withUsers: true)!;
        Assert.Same(first, cells.Of(cell, withUsers: true));
        Assert.Empty(cells.Of(cell, withUsers: false)!.Rankings[NamedRanking.Sampled].PerUser);
        File.SetLastWriteTimeUtc(RunDirectory.ResultPath(cells.Folder.CellOf(cell)), DateTime.UtcNow.AddMinutes(1));
        CellValues second = cells.Of(cell, withUsers: true)!;
        Assert.NotSame(first, second);
        Assert.Same(first.Rankings[NamedRanking.Sampled].Users, second.Rankings[NamedRanking.Sampled].Users);
        Directory.Delete(cells.Folder.CellOf(cell), recursive: true);
        Assert.Null(cells.Of(cell, withUsers: true));
    }

    [Fact]
    public void Errors_are_one_line()
    {
        ToolRun.Run("report", sweep.Tool["nothing"]).Failed(1, "manifest.json: no such file; 'forec sweep plan' writes it");
        ToolRun.Run("report", sweep.Folder, "--fixed-source", "xx").Failed(2, "--fixed-source: 'xx' is no market of the sweep; it has jp");
        string damaged = sweep.Copy("damaged");
        File.WriteAllText(Path.Combine(damaged, "manifest.json"), "{\"schema\":");
        ToolRun.Run("report", damaged).Failed(1, "manifest.json: is no manifest");
        string empty = sweep.Copy("empty");
        Directory.Delete(Path.Combine(empty, "cells"), recursive: true);
        ToolRun.Run("report", empty).Failed(1, "no cell has finished; 'forec sweep run' runs the cells");
        ToolRun.Run("report", sweep.Folder, "--out", sweep.Tool["grid.json"]).Failed(1, "grid.json: cannot be written");
        string cut = sweep.Copy("cut");
        string users = RunDirectory.PerUserPath(new SweepFolder(cut).CellOf(Cells("maml", "jp")[0]));
        File.WriteAllLines(users, File.ReadAllLines(users)[..^3]);
        ToolRun.Run("report", cut).Failed(1, "per-user.csv: does not have the values of the");
        Assert.False(Directory.Exists(Path.Combine(cut, "report")));
    }

    private SweepTask[] Cells(string method, string target) =>
        [.. sweep.Manifest.Cells.Where(cell => (cell.Experiment.Method, cell.Experiment.Target) == (method, target))];

    private int Count(string file, int column) =>
        File.ReadLines(sweep.Tool[file]).Skip(1).Select(line => line.Split(' ')[column]).Distinct().Count();

    private JsonObject Result(SweepTask cell) => new SweepFolder(sweep.Folder).Result(cell)!;

    /// <summary>A finished sweep of two markets and two seeds.</summary>
    public sealed class Reported : IDisposable
    {
        public Reported()
        {
            File.WriteAllText(Tool["grid.json"], new JsonObject
            {
                ["targets"] = new JsonArray("jp", $"{Hostile}={Tool["uk_5core.txt"]}"),
                ["sources"] = "each",
                ["methods"] = new JsonArray("pop", "nmf++", "maml", "forec"),
                ["presets"] = new JsonArray("paper"),
                ["seeds"] = new JsonArray(1, 2),
                ["options"] = new JsonObject { ["epochs"] = 1, ["batch-size"] = 256, ["minimum-rows"] = 1 },
            }.ToJsonString());
            ToolRun.Run("sweep", Tool["grid.json"], "--data", Tool.Root, "--out", Folder, "--jobs", "2", "--quiet").Done();
            Manifest = Manifest.Read(Path.Combine(Folder, "manifest.json"));
        }

        public ToolRun Tool { get; } = new();

        public string Folder => Tool["sweep"];

        internal Manifest Manifest { get; }

        public void Dispose() => Tool.Dispose();

        /// <summary>A copy of what a report reads.</summary>
        public string Copy(string name)
        {
            string copy = Tool[name];
            foreach (string file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
                .Where(file => !file.StartsWith(Path.Combine(Folder, "report"), StringComparison.Ordinal)))
            {
                string there = Path.Combine(copy, Path.GetRelativePath(Folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(there)!);
                File.Copy(file, there);
            }

            return copy;
        }
    }
}
