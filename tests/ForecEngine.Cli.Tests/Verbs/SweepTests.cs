// forec sweep on small synthetic markets: cells are those of train, and neither the processes nor the parts matter.

using System.Text.Json.Nodes;
using ForecEngine.Cli.Sweeps;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class SweepTests(SweepTests.Whole whole) : IClassFixture<SweepTests.Whole>
{
    [Fact]
    public void A_cell_is_the_run_that_train_writes_except_for_the_machine()
    {
        SweepTask cell = whole.Manifest.Cells.Single(cell => cell.Name.StartsWith("maml for jp", StringComparison.Ordinal));
        string run = whole.Tool["trained"], there = Path.Combine(whole["whole"], "cells", cell.Digest);
        ToolRun.Run("train", "--data", whole.Tool.Root, "--method", "maml", "--target", "jp", "--source", "uk", "--seed", "1", "--preset",
            "paper", "--epochs", "1", "--batch-size", "256", "--minimum-rows", "1", "--threads", "2", "--quiet", "--out", run).Done();
        string[] files = [.. Names(run)];
        Assert.Equal(files, Names(there));
        Assert.Contains("adapted.safetensors", files);
        foreach (string file in files.Where(file => file != "result.json"))
            Assert.Equal(File.ReadAllBytes(Path.Combine(run, file)), File.ReadAllBytes(Path.Combine(there, file)));
        JsonObject trained = Json(Path.Combine(run, "result.json")), result = Json(Path.Combine(there, "result.json"));
        JsonObject timing = Json($"{there}.timing.json");
        Assert.Equal(trained.Select(part => part.Key).Except(["device", "threads"]), result.Select(part => part.Key));
        foreach (string part in (string[])["valid", "test", "valid_all_items", "test_all_items", "coverage", "notes", "experiment"])
            Assert.True(JsonNode.DeepEquals(trained[part], result[part]), part);
        Assert.Equal(["samples"], result["train"]!.AsObject().Select(part => part.Key));
        Assert.Equal(["name", "epochs", "best_epoch", "samples", "loss"], result["stages"]![0]!.AsObject().Select(part => part.Key));
        Assert.Equal(trained["train"]!["samples"]!.GetValue<long>(), result["train"]!["samples"]!.GetValue<long>());
        Assert.Equal(("forec.timing/1", 1), ((string?)timing["schema"], (int?)timing["threads"]));
        Assert.Equal(["gmf++", "mlp++", "nmf++", "maml"], timing["stages"]!.AsArray().Select(stage => (string?)stage!["name"]));
        Assert.Equal([true, true, true], timing["stages"]!.AsArray().Take(3).Select(stage => (bool?)stage!["cached"]));

        // The verbs that take a run take a cell.
        Assert.Contains("| test ", ToolRun.Run("evaluate", "--data", whole.Tool.Root, "--target", "jp", "--model", there).Done().Output,
            StringComparison.Ordinal);
        Assert.StartsWith("user,rank,item,score\n",
            ToolRun.Run("recommend", "--data", whole.Tool.Root, "--model", there, "--top", "1").Done().Output, StringComparison.Ordinal);
        ToolRun.Run("compare", run, there).Done();
    }

    [Fact]
    public void The_table_has_a_row_for_each_cell()
    {
        string[] lines = File.ReadAllLines(Path.Combine(whole["whole"], "results.csv"));
        Assert.Equal(1 + whole.Manifest.Cells.Count(), lines.Length);
        Assert.StartsWith("cell,target,sources,method,preset,protocol,seed,training_fraction,device,", lines[0], StringComparison.Ordinal);
        string[] columns = lines[0].Split(',');
        foreach ((SweepTask cell, string line) in whole.Manifest.Cells.Zip(lines.Skip(1)))
        {
            string[] values = line.Split(',');
            JsonObject result = Json(Path.Combine(whole["whole"], "cells", cell.Digest, "result.json"));
            Assert.Equal((cell.Digest, (string?)result["target"]), (values[0], values[1]));
            Assert.Equal((double)result["test"]!["ndcg@10"]!,
                double.Parse(values[Array.IndexOf(columns, "test_ndcg@10")], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Shards_and_a_merge_end_with_the_bytes_of_one_run()
    {
        string parts = whole["parts"];
        ToolRun.Run("sweep", "plan", whole.Tool["grid.json"], "--data", whole.Tool.Root, "--out", parts).Done();
        Said first = ToolRun.Run("sweep", "run", "--out", parts, "--shard", "1/3", "--jobs", "2", "--quiet").Done();
        Assert.Empty(first.Output);
        Said early = ToolRun.Run("sweep", "merge", "--out", parts);
        Assert.Equal(1, early.Status);
        Assert.Matches("^forec: [0-9]+ cells without a result: [^\n]+\n$", early.Error);
        ToolRun.Run("sweep", "run", "--out", parts, "--shard", "2/3", "--jobs", "1", "--quiet").Done();
        ToolRun.Run("sweep", "run", "--out", parts, "--shard", "3/3", "--jobs", "1", "--quiet").Done();
        ToolRun.Run("sweep", "merge", "--out", parts).Done();
        Assert.Equal(whole.Bytes("whole"), whole.Bytes("parts"));

        // Level by level, as dependent job arrays do.
        ToolRun.Run("sweep", "plan", whole.Tool["grid.json"], "--data", whole.Tool.Root, "--out", whole["levels"]).Done();
        for (int level = 0; level <= whole.Manifest.Tasks.Max(task => task.Level); level++)
            ToolRun.Run("sweep", "run", "--out", whole["levels"], "--level", $"{level}", "--shard", "1/1", "--jobs", "2", "--quiet").Done();
        ToolRun.Run("sweep", "merge", "--out", whole["levels"]).Done();
        Assert.Equal(whole.Bytes("whole"), whole.Bytes("levels"));
    }

    [Fact]
    public void Finished_cells_are_not_run_again_but_a_damaged_result_is()
    {
        string again = whole["again"];
        whole.Sweep("again").Done();
        SweepTask cut = whole.Manifest.Cells.First();
        string result = Path.Combine(again, "cells", cut.Digest, "result.json");
        File.WriteAllText(result, File.ReadAllText(result)[..100]);
        DateTime[] written = Written();
        Said said = whole.Sweep("again", "--quiet").Done();
        Assert.Equal($"forec: {cut.Name}: {Path.GetDirectoryName(result)} has a damaged result; the cell is run again\n", said.Error);
        Assert.Equal(written, Written());
        Assert.Equal(whole.Bytes("whole"), whole.Bytes("again"));

        DateTime[] Written() => [.. whole.Manifest.Cells.Skip(1)
            .Select(cell => File.GetLastWriteTimeUtc(Path.Combine(again, "cells", cell.Digest, "result.json")))];
    }

    [Fact]
    public void A_cell_that_fails_is_tried_again_and_stops_no_other()
    {
        // Learning rates this large make gmf diverge.
        File.WriteAllText(whole.Tool["bad.json"], """
            {"targets": ["jp"], "methods": ["pop", "gmf"], "presets": ["paper"], "options": {"epochs": 2, "learning-rate": 1e38}}
            """);
        Said said = ToolRun.Run("sweep", whole.Tool["bad.json"], "--data", whole.Tool.Root, "--out", whole["bad"], "--jobs", "1");
        Assert.Equal(1, said.Status);
        string[] lines = said.Error.TrimEnd('\n').Split('\n');
        Assert.Single(lines, line => line.StartsWith("gmf for jp, seed 42: ", StringComparison.Ordinal)
            && line.EndsWith("it starts again", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("forec: gmf for jp, seed 42 failed: ", StringComparison.Ordinal));
        Assert.StartsWith("1 cell in ", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_in_a_line()
    {
        File.WriteAllText(whole["file"], "");
        whole.Sweep("file").Failed(1, "--out: ", "is a file; expects a directory");
        ToolRun.Run("sweep", "run", "--out", whole["nothing"]).Failed(1, "no such file; 'forec sweep plan' writes it");
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    /// <summary>A sweep that nothing disturbs.</summary>
    public sealed class Whole : IDisposable
    {
        public Whole()
        {
            File.WriteAllText(Tool["grid.json"], """
                {"targets": ["jp", "uk"], "sources": "each", "methods": ["pop", "nmf++", "maml"], "presets": ["paper"], "seeds": [1],
                 "options": {"epochs": 1, "batch-size": 256, "minimum-rows": 1}}
                """);
            Sweep("whole").Done();
            Manifest = Manifest.Read(Path.Combine(this["whole"], "manifest.json"));
        }

        public ToolRun Tool { get; } = new();

        internal Manifest Manifest { get; }

        public string this[string name] => Tool[name];

        public void Dispose() => Tool.Dispose();

        internal Said Sweep(string name, params string[] more) =>
            ToolRun.Run(["sweep", Tool["grid.json"], "--data", Tool.Root, "--out", this[name], "--jobs", "2", .. more]);

        /// <summary>The files of a sweep's cells and its table, except for what depends on the machine.</summary>
        internal SortedDictionary<string, string> Bytes(string name) => SweepBytes.Of(this[name]);
    }
}
