// The tasks that remain: some chosen ones without those that are done, and the stages that they need.

namespace ForecEngine.Cli.Sweeps;

internal static class UnfinishedTasks
{
    /// <summary>Finds them, in the order of the manifest.</summary>
    /// <param name="all">All tasks of the manifest.</param>
    /// <param name="chosen">The tasks to do.</param>
    /// <param name="folder">The folder of the sweep.</param>
    /// <param name="terminal">Receives a warning about each damaged result.</param>
    public static IReadOnlyList<SweepTask> Of(
        IReadOnlyList<SweepTask> all, IEnumerable<SweepTask> chosen, SweepFolder folder, Terminal terminal)
    {
        HashSet<string> needed = new(StringComparer.Ordinal);
        Dictionary<string, SweepTask> byDigest = all.ToDictionary(task => task.Digest);
        Stack<SweepTask> open = new(chosen);
        while (open.TryPop(out SweepTask? task))
        {
            if (needed.Contains(task.Digest) || folder.IsDone(task))
                continue;
            needed.Add(task.Digest);
            foreach (string before in task.After)
                open.Push(byDigest[before]);
            if (task.Kind == TaskKind.Cell && folder.HasResult(task))
                terminal.Warn($"{task.Name}: {folder.CellOf(task)} has a damaged result; the cell is run again");
        }

        return [.. all.Where(task => needed.Contains(task.Digest))];
    }
}
