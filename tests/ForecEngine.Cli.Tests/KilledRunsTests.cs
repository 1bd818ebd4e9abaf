// Runs that are killed or stopped by a signal at any time: no file of the user is lost, and --resume gives the same bits.

using System.Diagnostics;
using System.Text.Json.Nodes;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class KilledRunsTests : IDisposable
{
    private static readonly string[] s_common =
        ["train", "--data", RepositoryFiles.At("data"), "--target", "in", "--source", "jp", "--method", "nmf++", "--epochs", "40",
            "--preset", "paper", "--patience", "40", "--threads", "1", "--trec"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_killed_run_resumes_to_the_same_bits_and_leaves_no_incomplete_file()
    {
        long start = Stopwatch.GetTimestamp();
        Run("whole").Wait().Done();
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        for (int i = 1; i <= 6; i++)
        {
            string run = $"killed-{i}";
            Directory.CreateDirectory(_directory[run]);
            File.WriteAllText(_directory[Path.Combine(run, "notes.txt")], "mine");
            using (ToolProcess killed = Run(run, "--checkpoint-every", $"{i % 2}"))
            {
                Thread.Sleep(whole * i / 7);
                killed.Kill();
                killed.Wait();
            }

            Run(run, "--resume").Wait().Done();
            Same(run);
        }
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_saves_the_state_and_the_message_says_how_to_resume(string signal, int status)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs Unix signals");
        Run("whole").Wait().Done();
        using ToolProcess stopped = Run("stopped", "--checkpoint-every", "1000");
        while (!File.Exists(_directory[Path.Combine("stopped", ".forec.lock")]) && !stopped.HasExited)
            Thread.Sleep(1);
        Thread.Sleep(500);
        stopped.Send(signal);
        Said said = stopped.Wait();
        if (said.Status == 0)
            Assert.Skip("the run was faster than the signal");
        Assert.Equal(status, said.Status);
        string line = said.Error.TrimEnd('\n').Split('\n')[^1];
        Assert.Matches($"^forec: stopped by SIG{signal}; (there is no checkpoint yet; start again|continue) with: forec train .* --resume$",
            line);
        Assert.False(File.Exists(_directory[Path.Combine("stopped", ".forec.lock")]));
        Run("stopped", "--resume").Wait().Done();
        Same("stopped");
    }

    [Fact]
    public void A_second_run_into_the_same_directory_is_refused_while_the_first_is_running()
    {
        using ToolProcess first = Run("run");
        while (!File.Exists(_directory[Path.Combine("run", ".forec.lock")]) && !first.HasExited)
            Thread.Sleep(1);
        Said second = Run("run", "--resume").Wait();
        if (second.Status != 0)
            second.Failed(1, "another run is writing here");
        first.Wait().Done();
    }

    private ToolProcess Run(string name, params string[] more) => new([.. s_common, "--out", _directory[name], .. more]);

    private void Same(string run)
    {
        string[] files = ["model.safetensors", "model.ids.tsv", "optimiser.safetensors", "per-user.csv", "test.run", "test.qrels",
            "valid.run", "valid.qrels"];
        Assert.All(files, file => Assert.Equal(
            File.ReadAllBytes(_directory[Path.Combine("whole", file)]), File.ReadAllBytes(_directory[Path.Combine(run, file)])));
        JsonNode expected = Result("whole"), found = Result(run);
        Assert.All((string[])["valid", "test", "experiment"], part => Assert.True(JsonNode.DeepEquals(expected[part], found[part]), part));
        string[] others = [.. Directory.GetFileSystemEntries(_directory[run]).Select(path => Path.GetFileName(path))
            .Except([.. files, "result.json", "rows.tsv", "notes.txt"])];
        Assert.Empty(others);
    }

    private JsonNode Result(string run) => JsonNode.Parse(File.ReadAllText(_directory[Path.Combine(run, "result.json")]))!;
}
