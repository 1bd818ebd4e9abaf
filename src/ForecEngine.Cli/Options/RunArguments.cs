// The options of run.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options of run.</summary>
[Verb("run", First = "experiment",
    HelpText = "Run an experiment that was recorded, on files that have the data it was recorded with.",
    Example = "run runs/jp/result.json --data xmarket --out runs/jp-again")]
internal sealed class RunArguments : ProgressArguments, IMarketOptions, IDeviceOptions, IStageOptions, IMetricOptions
{
    /// <summary>--experiment.</summary>
    [Option("experiment", OptionGroup.Input, Required = true, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The record: a result.json, or the experiment in it alone. Its name may come first, without --experiment.")]
    public string Experiment { get; set; } = "";

    /// <inheritdoc/>
    public string Data { get; set; } = ".";

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Metrics { get; set; } = [];

    /// <inheritdoc/>
    public string Device { get; set; } = "cpu";

    /// <inheritdoc/>
    public string? Threads { get; set; }

    /// <inheritdoc/>
    public string? Out { get; set; }

    /// <inheritdoc/>
    public bool Trec { get; set; }

    /// <inheritdoc/>
    public bool Force { get; set; }

    /// <inheritdoc/>
    public string? Cache { get; set; }

    /// <inheritdoc/>
    public bool Resume { get; set; }

    /// <inheritdoc/>
    public string? CheckpointEvery { get; set; }
}
