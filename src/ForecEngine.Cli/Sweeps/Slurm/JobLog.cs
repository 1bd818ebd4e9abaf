// What the log of a job says about a task that has not finished.

using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Sweeps.Slurm;

internal enum JobEnd
{
    /// <summary>The task failed as often as it may.</summary>
    Failed,

    /// <summary>Slurm stopped the job, such as at its time limit. The task continues from its checkpoint.</summary>
    Stopped,

    /// <summary>The job ended for another reason.</summary>
    Died,
}

/// <summary>How a task's job ended.</summary>
/// <param name="End">How.</param>
/// <param name="Cause">The task that failed: the task itself, or a stage that it needs.</param>
/// <param name="Problem">The reason.</param>
internal sealed partial record JobLog(JobEnd End, SweepTask Cause, string Problem)
{
    private const string Tool = "forec: ";

    /// <summary>Reads a log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">The task.</param>
    /// <param name="stages">The stages that it needs.</param>
    public static JobLog Read(string path, SweepTask task, IEnumerable<SweepTask> stages)
    {
        string[] lines = Lines(path);
        string[] messages = [.. lines.Where(line => line.StartsWith(Tool, StringComparison.Ordinal)).Select(line => line[Tool.Length..])];
        foreach (SweepTask cause in stages.Prepend(task))
        {
            if (messages.Select(line => FailedTask.ProblemIn(line, cause)).LastOrDefault(problem => problem is not null) is { } problem)
                return new JobLog(JobEnd.Failed, cause, $"{problem} ({path})");
        }

        string last = lines.LastOrDefault() ?? "its job ended without a word";
        bool isStopped = lines.TakeLast(3).Any(line => Stop().IsMatch(line));
        return new JobLog(isStopped ? JobEnd.Stopped : JobEnd.Died, task, $"{last} ({path})");
    }

    private static string[] Lines(string path)
    {
        try
        {
            return [.. File.ReadAllLines(path).Where(line => line.Trim().Length > 0)];
        }
        catch (IOException)
        {
            return ["its job ended before it began, without a log"];
        }
    }

    [GeneratedRegex(@"^forec: stopped by SIG|^slurmstepd.*error: \*\*\* (JOB|STEP) .* (CANCELLED|FAILED) ")]
    private static partial Regex Stop();
}
