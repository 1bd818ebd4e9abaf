// The options of train.

namespace ForecEngine.Cli.Options;

[Verb("train",
    HelpText = "Train a method on markets and rank the target's held-out items.",
    Example = "train --data xmarket --target jp --source ca --method nmf++ --out runs/jp")]
internal sealed class TrainArguments : TrainingArguments, IStageOptions, IRankingOptions
{
    [Option("source", OptionGroup.Input, MetaValue = "M[,M...]",
        HelpText = "The source markets; may be repeated. auto, or auto:N, chooses the best one, or N, of --source-pool.")]
    public override IReadOnlyList<string> Source { get; set; } = [];
    public IReadOnlyList<string> Metrics { get; set; } = [];
    public string? PerUser { get; set; }
    public bool Groups { get; set; }
    public string? Out { get; set; }
    public bool Trec { get; set; }
    public bool SaveCandidates { get; set; }
    public bool Force { get; set; }

    [Option("source-pool", OptionGroup.SourceChoice, MetaValue = "M[,M...]", Default = "all other markets in --data",
        HelpText = "The markets to choose from; may be repeated.")]
    public IReadOnlyList<string> SourcePool { get; set; } = [];

    [Option("pilots", OptionGroup.SourceChoice, MetaValue = "N", Default = "4",
        HelpText = "The number of markets, best statistics first, that are tried in pilot runs.")]
    public string? Pilots { get; set; }

    [Option("pilot-epochs", OptionGroup.SourceChoice, MetaValue = "N", Default = "5", HelpText = "Epochs of each phase of a pilot run.")]
    public string? PilotEpochs { get; set; }
    public string? Cache { get; set; }
    public bool Resume { get; set; }
    public string? CheckpointEvery { get; set; }
}
