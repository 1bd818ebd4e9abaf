// The options of run.

namespace ForecEngine.Cli.Options;

[Verb("run", First = "experiment",
    HelpText = "Repeat a recorded experiment on files with the same data.",
    Example = "run runs/jp/result.json --data xmarket --out runs/jp-again")]
internal sealed class RunArguments : ProgressArguments, IMarketOptions, IDeviceOptions, IStageOptions, IRankingOptions
{
    [Option("experiment", OptionGroup.Input, Required = true, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The record: a result.json, or only its experiment. As the first argument, the file needs no --experiment.")]
    public string Experiment { get; set; } = "";
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];
    public IReadOnlyList<string> Metrics { get; set; } = [];
    public string? PerUser { get; set; }
    public bool Groups { get; set; }
    public string Device { get; set; } = "cpu";
    public string? Threads { get; set; }
    public string? Out { get; set; }
    public bool Trec { get; set; }
    public bool SaveCandidates { get; set; }
    public bool Force { get; set; }
    public string? Cache { get; set; }
    public bool Resume { get; set; }
    public string? CheckpointEvery { get; set; }
}
