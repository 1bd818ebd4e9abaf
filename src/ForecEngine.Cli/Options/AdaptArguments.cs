// The options of adapt.

namespace ForecEngine.Cli.Options;

[Verb("adapt",
    HelpText = "Fork a model of several markets for one market, and fine-tune the fork.",
    Example = "adapt --data xmarket --target jp --model runs/jp/model.safetensors --out runs/jp-own")]
internal sealed class AdaptArguments : ForkArguments, IRunOutput, IRankingOptions
{
    public IReadOnlyList<string> Metrics { get; set; } = [];
    public string? PerUser { get; set; }
    public bool Groups { get; set; }

    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText =
            "The --out of a train with nmf++, maml, reptile or anil: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";
    public string? Out { get; set; }
    public bool Trec { get; set; }
    public bool SaveCandidates { get; set; }
    public bool Force { get; set; }
}
