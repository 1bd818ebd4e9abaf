// The options of verbs that run a sweep here or on a cluster.

namespace ForecEngine.Cli.Options;

/// <summary>Where the tasks of a sweep run.</summary>
internal enum Executor
{
    /// <summary>In processes on this machine.</summary>
    Local,

    /// <summary>In job arrays of Slurm.</summary>
    Slurm,
}

internal interface IExecutorOptions : ISweepRunOptions
{
    [Option("executor", OptionGroup.Machine, ValuesOf = typeof(Executor), Default = "local",
        HelpText = "Where the trainings run: in processes on this machine, or in job arrays of Slurm on nodes that see the same folders.")]
    string? Executor { get; }

    [Option("partition", OptionGroup.Machine, MetaValue = "P", Default = "Slurm's default", HelpText = "The partition of Slurm.")]
    string? Partition { get; }

    [Option("cpus", OptionGroup.Machine, MetaValue = "N", Default = "1",
        HelpText = "The cores of a Slurm job, which is given N tasks and trains N at once, each with one thread.")]
    string? Cpus { get; }

    [Option("mem", OptionGroup.Machine, MetaValue = "M", Default = "Slurm's default",
        HelpText = "The memory of a Slurm job for all of its trainings together, such as 4G; a bare number is megabytes.")]
    string? Mem { get; }

    [Option("gres", OptionGroup.Machine, MetaValue = "G", HelpText = "What else a Slurm job needs, such as gpu:1.")]
    string? Gres { get; }

    [Option("time", OptionGroup.Machine, MetaValue = "T", Default = "Slurm's default",
        HelpText = "The time limit of a Slurm job: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes or "
            + "days-hours:minutes:seconds. So 90 is 90 minutes, and 1:30 is 90 seconds.")]
    string? Time { get; }

    [Option("max-parallel", OptionGroup.Machine, MetaValue = "N", Default = "Slurm's limits",
        HelpText = "How many Slurm jobs run at once.")]
    string? MaxParallel { get; }

    [Option("dry-run", OptionGroup.Machine,
        HelpText = "With --executor slurm: write the plan and the scripts, print the scripts, and submit nothing.")]
    bool DryRun { get; }
}
