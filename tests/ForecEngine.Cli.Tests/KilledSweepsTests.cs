// Sweeps that are killed or stopped by a signal at any time: the same command ends with the same bytes.

using System.Diagnostics;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class KilledSweepsTests(KilledSweepsTests.Undisturbed undisturbed) : IClassFixture<KilledSweepsTests.Undisturbed>
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_sweep_that_is_killed_again_and_again_ends_with_the_same_bytes(int seed, bool withTrainings)
    {
        Random moments = new(seed);
        string sweep = $"killed-{seed}";
        for (int kill = 0; kill < 3; kill++)
        {
            using ToolProcess killed = undisturbed.Run(sweep);
            Thread.Sleep(undisturbed.Time * moments.NextDouble() * 0.7);
            killed.Kill(withTrainings);
            killed.Wait();
        }

        undisturbed.Run(sweep).Wait().Done();
        undisturbed.Same(sweep);
    }

    [Fact]
    public void A_killed_training_starts_again()
    {
        using ToolProcess sweep = undisturbed.Run("once");
        using (Process training = Process.GetProcessById(sweep.WaitForChildren()[0]))
            training.Kill();
        Assert.Contains("it starts again", sweep.Wait().Done().Error, StringComparison.Ordinal);
        undisturbed.Same("once");
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_the_trainings_and_the_message_says_how_to_continue(string signal, int status)
    {
        using ToolProcess stopped = undisturbed.Run(signal);
        while (!stopped.HasExited && !Directory.Exists(undisturbed[Path.Combine(signal, "stages")]))
            Thread.Sleep(1);
        stopped.Send(signal);
        Said said = stopped.Wait();
        Assert.Equal(status, said.Status);
        Assert.Matches(
            $"^forec: stopped by SIG{signal}; continue with: forec sweep .* --resume$", said.Error.TrimEnd('\n').Split('\n')[^1]);
        Assert.Empty(stopped.Children());
        undisturbed.Run(signal, "--resume").Wait().Done();
        undisturbed.Same(signal);
    }

    [Fact]
    public void Two_sweeps_in_the_same_folder_share_the_work()
    {
        using (ToolProcess first = undisturbed.Run("both"), second = undisturbed.Run("both"))
        {
            first.Wait().Done();
            second.Wait().Done();
        }

        undisturbed.Same("both");
    }

    /// <summary>A sweep that nothing disturbs.</summary>
    public sealed class Undisturbed() : UndisturbedRun("sweep", "grid.json", Grid)
    {
        private const string Grid = """
            {"targets": ["in", "jp"], "sources": "each", "methods": ["nmf", "nmf++", "nmf-forec"], "presets": ["paper"], "seeds": [1],
             "options": {"epochs": 6}}
            """;

        internal void Same(string sweep)
        {
            Assert.Equal(SweepBytes.Of(this["whole"]), SweepBytes.Of(this[sweep]));
            Assert.Equal(Folders("whole"), Folders(sweep));
        }

        private IEnumerable<string> Folders(string sweep) =>
            Directory.GetDirectories(this[sweep], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(this[sweep], path))
                .Order(StringComparer.Ordinal);
    }
}
