// The options of evaluate.

namespace ForecEngine.Cli.Options;

[Verb("evaluate",
    HelpText = "Rank with a trained model: a split of the target, or given candidates.",
    Example = "evaluate --data xmarket --target jp --model runs/jp/model.safetensors")]
internal sealed class EvaluateArguments : RankingArguments, IRunOutput, IMetricOptions
{
    public IReadOnlyList<string> Metrics { get; set; } = [];

    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText = "What train wrote into --out: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";

    [Option("split", OptionGroup.Evaluation, Values = ["test", "valid"], Default = "test", HelpText = "Which held-out items are ranked.")]
    public string Split { get; set; } = "test";
    public string? Out { get; set; }
    public bool Trec { get; set; }
    public bool Force { get; set; }
}
