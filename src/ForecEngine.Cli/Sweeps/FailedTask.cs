// A task that has failed, and its line for the user. The logs of jobs on a cluster have such lines, which are read back.

using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Sweeps;

/// <summary>A task that has failed.</summary>
/// <param name="Task">The task.</param>
/// <param name="Problem">The reason.</param>
/// <param name="Cells">The number of cells that need it and cannot run, without the task itself.</param>
internal sealed partial record FailedTask(SweepTask Task, string Problem, int Cells)
{
    /// <summary>The task and the reason in a line.</summary>
    public string Line =>
        Beginning(Task) + Problem + (Cells > 0 ? $"; {Counted.Of(Cells, "cell")} could not run without it" : "");

    /// <summary>The reason in a line about a task; null if the line is about something else.</summary>
    public static string? ProblemIn(string line, SweepTask task) => line.StartsWith(Beginning(task), StringComparison.Ordinal)
        ? LostCells().Replace(line[Beginning(task).Length..], "") : null;

    private static string Beginning(SweepTask task) => $"{task.Name} failed: ";

    [GeneratedRegex("; [0-9,]+ cells? could not run without it$")]
    private static partial Regex LostCells();
}
