// Parts of a list of tasks: every task is in one part, and the index can come from a job array.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Sweeps;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Sweeps;

public sealed class ShardTests
{
    [Property(MaxTest = 100)]
    public void The_parts_of_a_list_are_the_list_and_differ_by_at_most_one_in_length(byte length, byte parts)
    {
        int[] all = [.. Enumerable.Range(0, length)];
        IReadOnlyList<int>[] shards = [.. Enumerable.Range(0, parts + 1).Select(index => new Shard(index, parts + 1).Of(all))];
        Assert.Equal(all, shards.SelectMany(shard => shard));
        Assert.InRange(shards.Max(shard => shard.Count) - shards.Min(shard => shard.Count), 0, 1);
    }

    [Theory]
    [InlineData("2/3", null, "", 1, 3)]
    [InlineData(null, null, "", 0, 1)]
    [InlineData(null, "5", "SLURM_ARRAY_TASK_ID=3", 3, 5)]
    [InlineData(null, "5", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1", 2, 5)]
    [InlineData(null, null, "SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4", 3, 4)]
    [InlineData(null, "5", "JOB_COMPLETION_INDEX=0", 0, 5)]
    public void The_part_is_that_of_the_options_or_of_the_environment(string? shard, string? shards, string set, int index, int count) =>
        Assert.Equal(new Shard(index, count), Read(shard, shards, set));

    [Theory]
    [InlineData("0/3", null, "", "--shard: expects I/N with I from 1 to N, got '0/3'")]
    [InlineData("4/3", null, "", "--shard: expects I/N with I from 1 to N, got '4/3'")]
    [InlineData("half", null, "", "--shard: expects I/N with I from 1 to N, got 'half'")]
    [InlineData("1/3", "3", "", "--shard has no effect with --shards")]
    [InlineData(null, "3", "", "--shards: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")]
    [InlineData(null, "3", "JOB_COMPLETION_INDEX=3", "--shards: the index 3 is not one of 3, counted from 0")]
    public void A_part_that_does_not_exist_is_refused(string? shard, string? shards, string set, string problem) =>
        Assert.Contains(problem, Assert.Throws<CommandLineException>(() => Read(shard, shards, set)).Message, StringComparison.Ordinal);

    private static Shard Read(string? shard, string? shards, string set)
    {
        Dictionary<string, string> variables = set.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return Shard.Read(shard, shards, variables.GetValueOrDefault);
    }
}
