// The output directory of a run: checked before the run starts, locked while it runs, never holding files of two runs.

using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly Experiment s_experiment = new()
    {
        Method = "gmf",
        Preset = "paper",
        Target = "jp",
        Settings = new TrainingSettings { Gradient = new() { Epochs = 1 }, Samples = new() { BatchSize = 256 } },
        EvaluationNegatives = 15,
    };

    private readonly TemporaryDirectory _directory = new();
    private readonly ScalarDevice _device = new();

    public void Dispose()
    {
        _directory.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void A_run_that_wrote_nothing_leaves_no_new_directory()
    {
        RunDirectory.Open(_directory[Path.Combine("a", "b", "c")]).Dispose();
        Assert.Empty(Names());
        RunDirectory.Open(_directory.Root).Dispose();
        Assert.Empty(Names());
    }

    [Fact]
    public void Runs_can_start_at_the_same_time_under_a_parent_directory_that_does_not_exist_yet()
    {
        for (int round = 0; round < 20; round++)
        {
            string parent = _directory[Path.Combine("new", $"{round}")];
            Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
            {
                using RunDirectory run = RunDirectory.Open(Path.Combine(parent, $"{i}"));
                if (i % 2 == 0)
                    File.WriteAllText(Path.Combine(parent, $"{i}", "kept"), "");
            });
            Assert.Equal(8, Directory.GetFiles(parent, "kept", SearchOption.AllDirectories).Length);
            Assert.Equal(8, Directory.GetDirectories(parent).Length);
        }
    }

    [Fact]
    public void A_second_run_in_the_same_directory_is_refused_while_the_first_runs()
    {
        using (RunDirectory.Open(_directory.Root))
        {
            Assert.Equal(
                $"{_directory.Root}: another run is writing here; wait for it to end, or name another directory",
                Assert.Throws<DirectoryInUseException>(() => RunDirectory.Open(_directory.Root)).Message);
        }

        RunDirectory.Open(_directory.Root).Dispose();
    }

    [Fact]
    public void A_file_at_the_path_of_the_directory_or_of_a_parent_is_refused()
    {
        File.WriteAllText(_directory["file"], "");
        Assert.Equal($"{_directory["file"]}: is a file; expects a directory",
            Assert.Throws<IOException>(() => RunDirectory.Open(_directory["file"])).Message);
        string below = _directory[Path.Combine("file", "x")];
        Assert.StartsWith($"{below}: cannot be written (", Assert.Throws<IOException>(() => RunDirectory.Open(below)).Message,
            StringComparison.Ordinal);
        Assert.Equal(["file"], Names());
    }

    [Fact]
    public void A_directory_or_link_at_the_path_of_an_output_file_is_refused()
    {
        foreach (string name in RunDirectory.Files)
        {
            Directory.CreateDirectory(_directory[name]);
            Assert.Equal($"{_directory[name]}: is a directory; a run writes a file of this name",
                Assert.Throws<IOException>(() => RunDirectory.Open(_directory.Root)).Message);
            Directory.Delete(_directory[name]);
        }

        File.WriteAllText(_directory["stages"], "");
        Assert.Contains("is a file; expects a directory for stages",
            Assert.Throws<IOException>(() => RunDirectory.Open(_directory.Root)).Message,
            StringComparison.Ordinal);
        File.Delete(_directory["stages"]);
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateSymbolicLink(_directory["stages"], Path.GetTempPath());
        Assert.Contains("is a link; expects a directory for stages",
            Assert.Throws<IOException>(() => RunDirectory.Open(_directory.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Temporary_files_of_killed_runs_are_removed_and_other_files_kept()
    {
        string[] others = ["notes.txt", $".notes.{Guid.NewGuid():N}.tmp", ".model.safetensors.tmp"];
        foreach (string name in (string[])[.. others, $".model.safetensors.{Guid.NewGuid():N}.tmp", $".result.json.{Guid.NewGuid():N}.tmp"])
            File.WriteAllText(_directory[name], "x");
        RunDirectory.Open(_directory.Root).Dispose();
        Assert.Equal(others.Order(StringComparer.Ordinal), Names());
    }

    [Fact]
    public void A_run_replaces_or_removes_exactly_the_files_of_the_run_before()
    {
        (ExperimentOutcome outcome, JsonObject result) = Outcome();
        using RunDirectory run = RunDirectory.Open(_directory.Root);
        foreach (string name in (string[])[.. RunDirectory.Files, "notes.txt"])
            File.WriteAllText(_directory[name], "old");
        Assert.Equal(RunDirectory.Files, run.Present());
        run.Write(outcome, TestMarkets.Random("jp", 1), result, trec: false);
        Assert.Equal("old", File.ReadAllText(_directory["notes.txt"]));
        Assert.Equal(
            ["result.json", "model.safetensors", "model.ids.tsv", "optimiser.safetensors", "rows.tsv", "per-user.csv"], run.Present());
        Assert.DoesNotContain(run.Present(), name => File.ReadAllText(_directory[name]) == "old");
    }

    [Fact]
    public void A_run_that_cannot_be_written_leaves_the_files_of_the_run_before_unchanged()
    {
        (ExperimentOutcome outcome, JsonObject result) = Outcome();
        using RunDirectory run = RunDirectory.Open(_directory.Root);
        run.Write(outcome, TestMarkets.Random("jp", 1), result, trec: true);
        Directory.CreateDirectory(_directory[Path.Combine(".forec.new", "optimiser.safetensors")]);
        Assert.ThrowsAny<IOException>(() => run.Write(outcome, TestMarkets.Random("jp", 1), result, trec: false));
        Assert.NotNull(run.Finished(s_experiment, Metric.Default, trec: true));
        Assert.Empty(Directory.GetFiles(_directory[".forec.new"]));
    }

    [Fact]
    public void Files_that_a_killed_run_had_written_are_removed()
    {
        Directory.CreateDirectory(_directory[".forec.new"]);
        foreach (string name in (string[])["model.safetensors", $".rows.tsv.{Guid.NewGuid():N}.tmp"])
            File.WriteAllText(_directory[Path.Combine(".forec.new", name)], "x");
        RunDirectory.Open(_directory.Root).Dispose();
        Assert.Empty(Names());
    }

    public static TheoryData<string> Damages =>
    [
        "none", "list", "text", "empty", "twice", "users", "metric", "model", "other model", "cut model", "ids", "optimiser", "rows",
        "per-user", "trec", "surrogate", "name", "bytes", "valid", "test", "record",
    ];

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_run_counts_as_finished_only_if_all_its_files_are_present_and_belong_to_it(string damage)
    {
        (ExperimentOutcome outcome, JsonObject result) = Outcome();
        using RunDirectory run = RunDirectory.Open(_directory.Root);
        run.Write(outcome, TestMarkets.Random("jp", 1), result, trec: true);
        switch (damage)
        {
            case "list": File.WriteAllText(_directory["result.json"], "[]"); break;
            case "text": File.WriteAllText(_directory["result.json"], "finished"); break;
            case "empty": File.WriteAllText(_directory["result.json"], ""); break;
            case "twice": Replace("\"seed\"", "\"method\""); break;
            case "users": Replace("\"users\": ", "\"users\": -0."); break;
            case "metric": Replace("\"mrr\": ", "\"mrr\": \"\", \"mr\": "); break;
            case "name": Replace("\"device\"", "\"\\udc00\""); break;
            case "valid": Replace("\"valid\": {", "\"valid\": { \"hr@3\": 1,"); break;
            case "bytes":
                byte[] text = File.ReadAllBytes(_directory["result.json"]);
                text.AsSpan().Replace((byte)'g', (byte)0xC0);
                File.WriteAllBytes(_directory["result.json"], text);
                break;
            case "surrogate": Replace("\"gmf\"", "\"\\ud800\""); break;
            case "test": Replace("\"test\": {", "\"test\": [], \"tests\": {"); break;
            case "record": Replace("\"batch_size\": 256", "\"batch_size\": 255"); break;
            case "model": File.Delete(_directory["model.safetensors"]); break;
            case "other model": File.Copy(_directory["optimiser.safetensors"], _directory["model.safetensors"], overwrite: true); break;
            case "cut model":
                File.WriteAllBytes(_directory["model.safetensors"], File.ReadAllBytes(_directory["model.safetensors"])[..^1]);
                break;
            case "ids": File.Delete(_directory["model.ids.tsv"]); break;
            case "rows": File.Delete(_directory["rows.tsv"]); break;
            case "per-user": File.Delete(_directory["per-user.csv"]); break;
            case "optimiser": File.Delete(_directory["optimiser.safetensors"]); break;
            case "trec": File.Delete(_directory["valid.qrels"]); break;
        }

        Assert.Equal(damage == "none", run.Finished(s_experiment, Metric.Default, trec: true) is not null);

        void Replace(string found, string replacement)
        {
            string text = File.ReadAllText(_directory["result.json"]);
            File.WriteAllText(_directory["result.json"], text.Replace(found, replacement, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_run_resumes_only_if_the_record_in_the_directory_is_the_same()
    {
        using RunDirectory run = RunDirectory.Open(_directory.Root);
        Assert.Null(run.Unfinished(s_experiment));
        Outcome(new StageStore(null, _directory.Root, resumes: false, TimeSpan.Zero, _ => { }, _ => { }));
        Assert.Equal(["stages"], run.Present());
        Assert.Equal([], run.Unfinished(s_experiment) ?? ["none"]);
        TrainingSettings longer = s_experiment.Settings with { Gradient = s_experiment.Settings.Gradient with { Epochs = 2 } };
        Assert.Equal(
            ["epochs: 1 there, 2 here", "seed: 42 there, 1 here"],
            run.Unfinished(s_experiment with { Seed = 1, Settings = longer }));
    }

    [Fact]
    public void The_ids_are_written_next_to_the_checkpoint() =>
        Assert.Equal(Path.Combine("run", "model.ids.tsv"), RunDirectory.IdsPath(Path.Combine("run", "model.safetensors")));

    private string[] Names() =>
        [.. Directory.GetFileSystemEntries(_directory.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private (ExperimentOutcome, JsonObject) Outcome(StageStore? stages = null)
    {
        ExperimentOutcome outcome = new ExperimentRunner(_device, stages: stages)
            .Run(s_experiment, [TestMarkets.Prepared("jp", 1)], null, Metric.Default);
        return (outcome, ResultFile.ToJson(outcome, _device, 1, 0));
    }
}
