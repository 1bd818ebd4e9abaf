// The options of sweep and of the verbs that it consists of.

namespace ForecEngine.Cli.Options;

internal abstract class SweepGridArguments : ProgressArguments, IMarketOptions
{
    [Option("grid", OptionGroup.Input, Required = true, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The targets, sources, methods, presets, protocols, seeds, training fractions and devices, all with all. As the first "
            + "argument, the file needs no --grid.")]
    public string Grid { get; set; } = "";
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder of the sweep. Cells that have finished there are not run again.")]
    public string Out { get; set; } = "";
}

/// <summary>The options of running tasks.</summary>
internal interface ISweepRunOptions
{
    [Option("jobs", OptionGroup.Machine, MetaValue = "N", Default = "the number of cores",
        HelpText = "How many trainings run at once, each in a process with one thread. No result depends on it.")]
    string? Jobs { get; }

    [Option("retries", OptionGroup.Machine, MetaValue = "N", Default = "1", HelpText = "How often a cell that fails is tried again.")]
    string? Retries { get; }
}

[Verb("sweep", First = "grid",
    HelpText = "Run a grid of experiments in parallel processes, each cell once, and collect the results in a table.",
    Example = "sweep grid.json --data xmarket --out runs/sweep")]
internal sealed class SweepArguments : SweepPlanArguments, IExecutorOptions
{
    public string? Jobs { get; set; }
    public string? Retries { get; set; }
    public string? Executor { get; set; }
    public string? Partition { get; set; }
    public string? Cpus { get; set; }
    public string? Mem { get; set; }
    public string? Gres { get; set; }
    public string? Time { get; set; }
    public string? MaxParallel { get; set; }
    public bool DryRun { get; set; }

    [Option("resume", OptionGroup.Output, HelpText = "Continue the sweep in --out, as the same command without this option does.")]
    public bool Resume { get; set; }
}

[Verb("sweep plan", First = "grid",
    HelpText = "Write the tasks of a grid and their dependencies, for sweep run.",
    Example = "sweep plan grid.json --data xmarket --out runs/sweep")]
internal class SweepPlanArguments : SweepGridArguments
{
}

[Verb("sweep run",
    HelpText = "Run the tasks of a plan, or a part of them, as one of several processes or machines.",
    Example = "sweep run --out runs/sweep --shard 1/3")]
internal sealed class SweepRunArguments : ProgressArguments, ISweepRunOptions
{
    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder with the plan.")]
    public string Out { get; set; } = "";

    [Option("shard", OptionGroup.Input, MetaValue = "I/N",
        HelpText = "Run part I of N of the tasks, and the stages that they need.")]
    public string? Shard { get; set; }

    [Option("shards", OptionGroup.Input, MetaValue = "N", Default = "SLURM_ARRAY_TASK_COUNT",
        HelpText = "Take I from SLURM_ARRAY_TASK_ID, counted from SLURM_ARRAY_TASK_MIN, or from JOB_COMPLETION_INDEX, counted from 0.")]
    public string? Shards { get; set; }

    [Option("level", OptionGroup.Input, MetaValue = "L", Default = "all tasks",
        HelpText = "Only the tasks of a level of the plan: those of level 0 depend on no other, those of level 1 on some of level 0.")]
    public string? Level { get; set; }

    [Option("tasks", OptionGroup.Input, MetaValue = "FILE", Kind = ValueKind.File, Default = "all tasks",
        HelpText = "Only the tasks whose digests the file has, one per line, as --executor slurm writes it.")]
    public string? Tasks { get; set; }

    [Option("data", OptionGroup.Data, MetaValue = "DIR", Kind = ValueKind.Directory, Default = "that of the plan",
        HelpText = "The folder of the data, if it is another one here.")]
    public string? Data { get; set; }
    public string? Jobs { get; set; }
    public string? Retries { get; set; }
}

[Verb("sweep merge",
    HelpText = "Collect the finished cells of a plan in a table, and name those that are missing.",
    Example = "sweep merge --out runs/sweep")]
internal sealed class SweepMergeArguments : ProgressArguments
{
    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder with the plan; results.csv is written to it.")]
    public string Out { get; set; } = "";
}
