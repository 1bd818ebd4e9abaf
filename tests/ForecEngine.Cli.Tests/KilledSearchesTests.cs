// Searches that are killed or stopped by a signal at any time: the same command ends with the same preset.

using System.Diagnostics;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class KilledSearchesTests(KilledSearchesTests.Undisturbed undisturbed) : IClassFixture<KilledSearchesTests.Undisturbed>
{
    [Theory]
    [InlineData(0.2, false)]
    [InlineData(0.5, false)]
    [InlineData(0.5, true)]
    [InlineData(0.8, true)]
    public void A_killed_search_ends_with_the_same_preset_whether_its_trainings_are_killed_too_or_not(double share, bool withTrainings)
    {
        string search = $"killed-{share}-{withTrainings}";
        using (ToolProcess killed = undisturbed.Run(search))
        {
            Thread.Sleep(undisturbed.Time * share);
            killed.Kill(withTrainings);
            killed.Wait();
        }

        undisturbed.Run(search).Wait().Done();
        undisturbed.Same(search);
    }

    [Fact]
    public void A_killed_training_starts_again()
    {
        using ToolProcess search = undisturbed.Run("once");
        using (Process training = Process.GetProcessById(search.WaitForChildren()[0]))
            training.Kill();
        Assert.Contains("its process was killed and starts again", search.Wait().Done().Error, StringComparison.Ordinal);
        undisturbed.Same("once");
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_the_trainings_and_the_message_says_how_to_continue(string signal, int status)
    {
        using ToolProcess stopped = undisturbed.Run(signal);
        int[] trainings = stopped.WaitForChildren();
        stopped.Send(signal);
        Said said = stopped.Wait();
        Assert.Equal(status, said.Status);
        Assert.Matches($"^forec: stopped by SIG{signal}; continue with: forec tune .* --resume$", said.Error.TrimEnd('\n').Split('\n')[^1]);
        Assert.All(trainings, training => Assert.False(Directory.Exists($"/proc/{training}")));
        Assert.False(File.Exists(undisturbed[Path.Combine(signal, ".forec.lock")]));
        undisturbed.Run(signal, "--resume").Wait().Done();
        undisturbed.Same(signal);
    }

    [Fact]
    public void A_second_search_in_the_same_directory_is_refused_while_the_first_is_running()
    {
        using ToolProcess first = undisturbed.Run("run");
        while (!File.Exists(undisturbed[Path.Combine("run", ".forec.lock")]) && !first.HasExited)
            Thread.Sleep(1);
        undisturbed.Run("run").Wait().Failed(1, "--out: ", "another run is writing here");
        first.Send("TERM");
        first.Wait();
    }

    /// <summary>A search that nothing disturbs.</summary>
    public sealed class Undisturbed() : UndisturbedRun("tune", "space.json", Space)
    {
        private const string Space = """
            {
              "methods": ["nmf"], "targets": ["in"], "seeds": [1], "trials": 3, "search": "successive-halving",
              "preset": "paper", "options": {"patience": 30},
              "space": {"learning-rate": {"log": [0.001, 0.1]}, "l2": {"log": [1e-7, 1e-3]}},
              "successive-halving": {"eta": 3, "resource": "epochs", "rungs": [5, 30]}
            }
            """;

        internal void Same(string search)
        {
            Assert.Equal(File.ReadAllBytes(this[Path.Combine("whole", "preset.json")]),
                File.ReadAllBytes(this[Path.Combine(search, "preset.json")]));
            Assert.Equal(["preset.json", "search.json", "trials"],
                Directory.GetFileSystemEntries(this[search]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
            Assert.Equal(4, Directory.GetFiles(this[search], "result.json", SearchOption.AllDirectories).Length);
        }
    }
}
