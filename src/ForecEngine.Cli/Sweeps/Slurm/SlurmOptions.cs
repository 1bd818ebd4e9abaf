// The options of --executor slurm, checked. What only Slurm can check, such as the name of a partition, is left to sbatch.

using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Sweeps.Slurm;

/// <summary>What jobs ask for.</summary>
/// <param name="Partition">The partition; null for the default of the cluster, as for all that may be null.</param>
/// <param name="Cpus">The cores, and the tasks of a job.</param>
/// <param name="Mem">The memory.</param>
/// <param name="Gres">Generic resources.</param>
/// <param name="Time">The time limit.</param>
/// <param name="MaxParallel">How many jobs run at once.</param>
internal sealed partial record SlurmOptions(string? Partition, int Cpus, string? Mem, string? Gres, string? Time, int? MaxParallel)
{
    private const int MostCpus = 1024, MostJobs = 1_000_000;

    /// <summary>Reads the options; null if the executor is not Slurm.</summary>
    /// <exception cref="CommandLineException">An option is invalid, or has no effect with the executor.</exception>
    public static SlurmOptions? Read(IExecutorOptions options)
    {
        if (OptionValue.OneOf("--executor", options.Executor, Executor.Local) == Executor.Local)
        {
            (string Name, bool Given)[] idle =
            [
                ("partition", options.Partition is not null), ("cpus", options.Cpus is not null), ("mem", options.Mem is not null),
                ("gres", options.Gres is not null), ("time", options.Time is not null),
                ("max-parallel", options.MaxParallel is not null), ("dry-run", options.DryRun),
            ];
            return idle.FirstOrDefault(option => option.Given) is { Name: { } name }
                ? throw new CommandLineException($"--{name} has no effect without --executor slurm") : null;
        }

        if (options.Jobs is not null)
            throw new CommandLineException("--jobs has no effect with --executor slurm; --cpus N trains N tasks at once in a job");
        if (options.Time is { } time && !Limit().IsMatch(time))
        {
            throw new CommandLineException(
                $"--time: '{time}' is not a time of Slurm; expects minutes, minutes:seconds, hours:minutes:seconds or "
                + "days-hours[:minutes]");
        }

        return new SlurmOptions(
            options.Partition, OptionValue.Between("--cpus", options.Cpus, 1, MostCpus) ?? 1, options.Mem, options.Gres, options.Time,
            OptionValue.Between("--max-parallel", options.MaxParallel, 1, MostJobs));
    }

    [GeneratedRegex(@"^(\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2})$")]
    private static partial Regex Limit();
}
