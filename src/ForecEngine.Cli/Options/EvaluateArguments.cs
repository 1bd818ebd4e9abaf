// The options of evaluate.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options of evaluate.</summary>
[Verb("evaluate",
    HelpText = "Rank with a trained model: a split of the target, or given candidates.",
    Example = "evaluate --data xmarket --target jp --model runs/jp/model.safetensors")]
internal sealed class EvaluateArguments : RankingArguments, IRunOutput, IMetricOptions
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Metrics { get; set; } = [];

    /// <summary>--model.</summary>
    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText = "What train wrote into --out: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";

    /// <summary>--split.</summary>
    [Option("split", OptionGroup.Evaluation, Values = ["test", "valid"], Default = "test", HelpText = "Which held-out items are ranked.")]
    public string Split { get; set; } = "test";

    /// <inheritdoc/>
    public string? Out { get; set; }

    /// <inheritdoc/>
    public bool Trec { get; set; }

    /// <inheritdoc/>
    public bool Force { get; set; }
}
