// The options of evaluate.

namespace ForecEngine.Cli.Options;

[Verb("evaluate",
    HelpText = "Rank a split of the target, or given candidates, with a trained model.",
    Example = "evaluate --data xmarket --target jp --model runs/jp/model.safetensors")]
internal sealed class EvaluateArguments : RankingArguments, IRunOutput, IRankingOptions
{
    public IReadOnlyList<string> Metrics { get; set; } = [];
    public string? PerUser { get; set; }
    public bool Groups { get; set; }

    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText = "The --out of a train: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";

    [Option("split", OptionGroup.Evaluation, Values = ["test", "valid"], Default = "test", HelpText = "Which held-out items to rank.")]
    public string Split { get; set; } = "test";
    public string? Out { get; set; }
    public bool Trec { get; set; }
    public bool SaveCandidates { get; set; }
    public bool Force { get; set; }
}
