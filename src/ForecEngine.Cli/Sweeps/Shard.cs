// A part of the tasks of a plan: I of N, by option or as an element of a job array.

namespace ForecEngine.Cli.Sweeps;

/// <summary>A part.</summary>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">The number of parts.</param>
internal readonly record struct Shard(int Index, int Count)
{
    private const int Most = 1_000_000;

    private const string SlurmIndex = "SLURM_ARRAY_TASK_ID", SlurmFirst = "SLURM_ARRAY_TASK_MIN", SlurmCount = "SLURM_ARRAY_TASK_COUNT",
        JobIndex = "JOB_COMPLETION_INDEX";

    /// <summary>Reads the options; without any, the environment of a Slurm job array; otherwise all tasks.</summary>
    /// <param name="shard">I/N, or null.</param>
    /// <param name="shards">N, or null.</param>
    /// <param name="variable">A variable of the environment; null if it is not set.</param>
    public static Shard Read(string? shard, string? shards, Func<string, string?> variable)
    {
        if (shard is not null && shards is not null)
            throw new CommandLineException("--shard has no effect with --shards; give one of them");
        if (shard is not null)
        {
            return shard.Split('/') is [var index, var count] && IsWhole(index, out int i) && IsWhole(count, out int n) && i >= 1 && i <= n
                ? new Shard(i - 1, n)
                : throw new CommandLineException($"--shard: expects I/N with I from 1 to N, got '{shard}'");
        }

        int? given = OptionValue.Between("--shards", shards, 1, Most) ?? Number(SlurmCount, 1);
        if (given is not { } all)
            return new Shard(0, 1);
        int place = Number(SlurmIndex, 0) - (Number(SlurmFirst, 0) ?? 0) ?? Number(JobIndex, 0)
            ?? throw new CommandLineException($"--shards: neither {SlurmIndex} nor {JobIndex} is set; --shard I/N needs neither");
        return place >= 0 && place < all ? new Shard(place, all)
            : throw new CommandLineException($"--shards: the index {place} is not one of {all}, counted from 0");

        static bool IsWhole(string text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

        int? Number(string name, int least) => variable(name) is { } text ? OptionValue.Between(name, text, least, Most) : null;
    }

    /// <summary>The part of a list: neighbours, because neighbours share stages.</summary>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> all)
    {
        int first = (int)((long)all.Count * Index / Count), end = (int)((long)all.Count * (Index + 1) / Count);
        return [.. all.Skip(first).Take(end - first)];
    }
}
