// forec sweep --executor slurm on a real Slurm (SlurmCluster): the bytes of a local sweep, also if processes are killed and the node goes
// down.

using System.Diagnostics;
using System.Globalization;
using ForecEngine.Cli.Sweeps;
using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class SlurmClusterTests : IClassFixture<SlurmCluster>, IClassFixture<SlurmClusterTests.Local>
{
    private readonly SlurmCluster _cluster;
    private readonly Local _local;

    public SlurmClusterTests(SlurmCluster cluster, Local local)
    {
        if (cluster.Missing is { } reason)
            Assert.Skip(reason);
        (_cluster, _local) = (cluster, local);
        cluster.Clear();
    }

    [Fact]
    public void Jobs_have_the_bytes_of_a_local_sweep_and_go_on_if_the_command_is_killed()
    {
        string name = "it's 50% \"odd\"";
        using (ToolProcess killed = Start(name))
        {
            // Two levels; one has more elements than the three of MaxArraySize.
            SlurmCluster.Until(() => Queue("%F").Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count() == 3, "no 3 arrays");
            killed.Kill();
        }

        using ToolProcess again = Start(name);
        string[] lines = again.Wait().Done().Error.Split('\n');
        Assert.Matches("^jobs of this sweep are already in the queue, as forec-[0-9a-f]{8}; they are followed first$", lines[0]);
        Assert.DoesNotContain(lines, line => line.StartsWith("job ", StringComparison.Ordinal));
        _local.Same(name);
        Assert.Equal("", Queue("%i"));
        Assert.Equal(_local.Tasks.Count, Directory.GetFiles(Path.Combine(_local[name], "logs")).Length);
    }

    [Fact]
    public void Nothing_is_lost_or_done_twice_if_a_process_is_killed_and_the_node_goes_down()
    {
        using ToolProcess sweep = Start("disturbed");

        // A training dies: its job starts it again.
        int killed = 0;
        SlurmCluster.Until(() => (killed = Processes("sweep-task").FirstOrDefault()) != 0, "no training begins");
        Kill(killed);

        // A whole job with a cell dies: the command submits its task again.
        SlurmCluster.Until(() => (killed = Processes("/level1-").FirstOrDefault()) != 0, "no job of level 1 begins");
        Kill(killed);

        // The node goes down when some cells have finished: Slurm requeues what runs there.
        SlurmCluster.Until(() => Timings("disturbed").Count >= 3, "no cell finishes");
        SlurmCluster.Until(() => Processes("--tasks").Length > 0, "no job runs");
        Dictionary<string, DateTime> finished = [];
        _cluster.Fail(() =>
        {
            finished = Timings("disturbed");
            return Processes("--tasks").Length == 0;
        });

        while (!sweep.HasExited)
        {
            _cluster.StartRequeued();
            Thread.Sleep(300);
        }

        Said said = sweep.Wait().Done();
        _local.Same("disturbed");
        Assert.Contains("it is submitted again", said.Error, StringComparison.Ordinal);
        Dictionary<string, DateTime> ended = Timings("disturbed");
        Assert.Equal(_local.Tasks.Count(task => task.Kind == TaskKind.Cell), ended.Count);
        Assert.InRange(finished.Count, 3, ended.Count - 1);
        Assert.All(finished, cell => Assert.Equal(cell.Value, ended[cell.Key]));
    }

    [Fact]
    public void Ctrl_C_cancels_the_jobs_and_the_same_command_continues()
    {
        using (ToolProcess stopped = Start("stopped"))
        {
            SlurmCluster.Until(() => Processes("sweep-task").Length > 0, "no training begins");
            stopped.Send("INT");
            Said said = stopped.Wait();
            Assert.Equal(130, said.Status);
            Assert.Contains("its jobs are cancelled; continue with: forec sweep ", said.Error, StringComparison.Ordinal);
        }

        SlurmCluster.Until(() => Queue("%i").Length == 0, "jobs are not cancelled");
        string[] logs = [.. Directory.GetFiles(Path.Combine(_local["stopped"], "logs")).Select(File.ReadAllText)];
        Assert.Contains(logs, log => log.Contains("forec: stopped by SIGTERM; the same command continues\n", StringComparison.Ordinal));
        using ToolProcess again = Start("stopped", "--resume");
        again.Wait().Done();
        _local.Same("stopped");
    }

    [Fact]
    public void What_sbatch_refuses_is_one_line()
    {
        using ToolProcess sweep = Start("refused", "--partition", "no such", "--quiet");
        sweep.Wait().Failed(1, "forec: sbatch: invalid partition specified: no such; ");
    }

    private ToolProcess Start(string name, params string[] more) => _cluster.Tool(
        ["sweep", _local["grid.json"], "--data", RepositoryFiles.At("data"), "--out", _local[name], "--executor", "slurm", .. more]);

    private string Queue(string format) => _cluster.Run("squeue", "--noheader", $"--format={format}");

    // The tool's processes in jobs, by a word of their command line.
    private static int[] Processes(string word) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Where(name => Words(name!) is [var tool, ..] words && tool == ToolProcess.Tool && IsInJob(name!)
                && words.Any(other => other.Contains(word, StringComparison.Ordinal)))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)),
    ];

    private static string[] Words(string process) => Read($"/proc/{process}/cmdline");

    private static bool IsInJob(string process) =>
        Read($"/proc/{process}/environ").Any(variable => variable.StartsWith("SLURM_JOB_ID=", StringComparison.Ordinal));

    private static string[] Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // the process has just ended
        }
    }

    private static void Kill(int process)
    {
        using Process victim = Process.GetProcessById(process);
        victim.Kill();
    }

    // When each cell was finished; a cell that is trained twice gets a new file.
    private Dictionary<string, DateTime> Timings(string name) =>
        Directory.Exists(Path.Combine(_local[name], "cells"))
            ? Directory.GetFiles(Path.Combine(_local[name], "cells"), "result.json", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetFileName(Path.GetDirectoryName(file)!), File.GetLastWriteTimeUtc)
            : [];

    /// <summary>A sweep by the local executor.</summary>
    public sealed class Local() : UndisturbedRun("sweep", "grid.json", Grid)
    {
        private const string Grid = """
            {"targets": ["in", "jp"], "sources": "each", "methods": ["nmf", "nmf++", "nmf-forec"], "presets": ["paper"], "seeds": [1],
             "options": {"epochs": 20}}
            """;

        internal IReadOnlyList<SweepTask> Tasks => Manifest.Read(Path.Combine(this["whole"], "manifest.json")).Tasks;

        internal void Same(string sweep) => Assert.Equal(SweepBytes.Of(this["whole"]), SweepBytes.Of(this[sweep]));
    }
}
