// The options of adapt.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options of adapt.</summary>
[Verb("adapt",
    HelpText = "Make a market's own model from one of several markets: fork it and fine-tune the fork.",
    Example = "adapt --data xmarket --target jp --model runs/jp/model.safetensors --out runs/jp-own")]
internal sealed class AdaptArguments : ForkArguments, IRunOutput, IMetricOptions
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Metrics { get; set; } = [];

    /// <summary>--model.</summary>
    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText =
            "What train wrote into --out with nmf++, maml, reptile or anil: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";

    /// <inheritdoc/>
    public string? Out { get; set; }

    /// <inheritdoc/>
    public bool Trec { get; set; }

    /// <inheritdoc/>
    public bool Force { get; set; }
}
