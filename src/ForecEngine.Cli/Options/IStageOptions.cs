// The options of verbs that train in stages, which a later run can resume or reuse.

namespace ForecEngine.Cli.Options;

internal interface IStageOptions : IRunOutput
{
    // A compromise between lost work and the cost of writing; no result depends on it.
    private const int SecondsBetweenCheckpoints = 10, MostSecondsBetweenCheckpoints = 1_000_000;

    [Option("cache", OptionGroup.Output, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "A folder of trained stages. Runs that need the same stage share it.")]
    string? Cache { get; }

    [Option("resume", OptionGroup.Output, HelpText = "Resume an interrupted run in the same --out from its checkpoints.")]
    bool Resume { get; }

    [Option("checkpoint-every", OptionGroup.Output, MetaValue = "SECONDS",
        HelpText = "The minimum number of seconds between checkpoints in --out, also within an epoch (default: 10); "
            + "0 writes one after each epoch.")]
    string? CheckpointEvery { get; }

    /// <summary>Refuses options that need --out if it is missing.</summary>
    void RequireOut()
    {
        RequireDirectory();
        if (Resume && Out is null)
            throw new CommandLineException("--resume: the checkpoints are in --out, which is missing");
        if (CheckpointEvery is not null && Out is null)
            throw new CommandLineException("--checkpoint-every: the checkpoints are in --out, which is missing");
        BetweenCheckpoints();
    }

    /// <summary>The store of stages, or null for none.</summary>
    StageStore? OpenStages(Terminal terminal) => Cache is null && Out is null
        ? null : new StageStore(Cache, Out, Resume, BetweenCheckpoints(), terminal.Say, terminal.Warn);

    private TimeSpan BetweenCheckpoints() => TimeSpan.FromSeconds(
        OptionValue.Between("--checkpoint-every", CheckpointEvery, 0, MostSecondsBetweenCheckpoints) ?? SecondsBetweenCheckpoints);
}
