// A job array: elements of a level of the tasks. A level that has more elements than an array may have is cut into several arrays.

namespace ForecEngine.Cli.Sweeps.Slurm;

/// <summary>A job array.</summary>
/// <param name="Name">Its name, which is that of its files: the level and a digest of the tasks.</param>
/// <param name="Level">The level.</param>
/// <param name="Tasks">The unfinished tasks of the level.</param>
/// <param name="Parts">The number of parts that they are cut into, one an element.</param>
/// <param name="First">The part of the first element.</param>
/// <param name="Count">The number of elements.</param>
internal sealed record JobArray(string Name, int Level, IReadOnlyList<SweepTask> Tasks, int Parts, int First, int Count)
{
    private const int NameDigits = 8;

    /// <summary>The name of the file with the digests of the tasks.</summary>
    public string List => $"level{Level}-{DigestOf(Tasks)}.tasks";

    /// <summary>Cuts tasks into arrays, level by level.</summary>
    /// <param name="tasks">The unfinished tasks.</param>
    /// <param name="tasksEach">The tasks of an element.</param>
    /// <param name="longest">The most elements of an array.</param>
    public static IReadOnlyList<JobArray> Cut(IReadOnlyList<SweepTask> tasks, int tasksEach, int longest) =>
    [
        .. tasks.GroupBy(task => task.Level).OrderBy(level => level.Key)
            .SelectMany(level => Cut(level.Key, [.. level], tasksEach, longest)),
    ];

    /// <summary>The tasks of an element.</summary>
    public IReadOnlyList<SweepTask> Element(int index) => new Shard(First + index, Parts).Of(Tasks);

    private static IEnumerable<JobArray> Cut(int level, SweepTask[] tasks, int tasksEach, int longest)
    {
        int parts = (tasks.Length + tasksEach - 1) / tasksEach;
        string name = $"level{level}-{DigestOf(tasks)}";
        for (int first = 0; first < parts; first += longest)
        {
            string own = parts <= longest ? name : $"{name}-{(first / longest) + 1}";
            yield return new JobArray(own, level, tasks, parts, first, Math.Min(longest, parts - first));
        }
    }

    private static string DigestOf(IEnumerable<SweepTask> tasks) =>
        SweepTask.DigestOf(string.Join('\n', tasks.Select(task => task.Digest)))[..NameDigits];
}
