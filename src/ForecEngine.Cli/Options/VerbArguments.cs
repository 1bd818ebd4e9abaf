// The options of the verbs other than train.

using CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options of evaluate.</summary>
[Verb("evaluate", HelpText = "Rank with a trained model: a split of the target, or given candidates.")]
internal sealed class EvaluateArguments : RankingArguments, IRunOutput
{
    [Option("model", Required = true, MetaValue = "FILE", HelpText = "The checkpoint, a safetensors file; the ids of its rows are read from the .ids.tsv beside it: of model.safetensors, model.ids.tsv.")]
    public string Model { get; set; } = "";

    [Option("split", Default = "test", MetaValue = "NAME", HelpText = "test or valid.")]
    public string Split { get; set; } = "test";

    [Option("out", MetaValue = "DIR", HelpText = "Where to write the results.")]
    public string? Out { get; set; }

    [Option("trec", HelpText = "Write TREC run and qrels files into --out.")]
    public bool Trec { get; set; }
}

/// <summary>Options of profile.</summary>
[Verb("profile", HelpText = "Time a short training, kernel by kernel, against what this machine could do. Options are train's; --epochs is 1.")]
internal sealed class ProfileArguments : TrainingArguments
{
    [Option("trace", MetaValue = "FILE", HelpText = "Also write the spans as a Chrome trace, which Perfetto opens.")]
    public string? Trace { get; set; }
}

/// <summary>Options of adapt.</summary>
[Verb("adapt", HelpText = "Make a market's own model from one of several markets: fork it and fine-tune the fork.")]
internal sealed class AdaptArguments : ForkArguments, IRunOutput
{
    [Option("model", Required = true, MetaValue = "FILE", HelpText = "A checkpoint of nmf++, maml, reptile or anil; the ids of its rows are read from the .ids.tsv beside it: of model.safetensors, model.ids.tsv.")]
    public string Model { get; set; } = "";

    [Option("out", MetaValue = "DIR", HelpText = "Where to write the results.")]
    public string? Out { get; set; }

    [Option("trec", HelpText = "Write TREC run and qrels files into --out.")]
    public bool Trec { get; set; }
}

/// <summary>Options of stats.</summary>
[Verb("stats", HelpText = "Sizes of markets, and how similar they are.")]
internal sealed class StatsArguments : MarketArguments
{
    [Option("markets", Required = true, MetaValue = "M,M", HelpText = "The markets, separated by commas.")]
    public string Markets { get; set; } = "";
}

/// <summary>Options of generate.</summary>
[Verb("generate", HelpText = "Write synthetic markets in XMarket's format.")]
internal sealed class GenerateArguments : CommonArguments
{
    [Option("like", Default = "xmarket", MetaValue = "NAME", HelpText = "xmarket: seven markets in its proportions; us: one market of the full size of us.")]
    public string Like { get; set; } = "xmarket";

    [Option("seed", Default = 42ul, MetaValue = "N", HelpText = "The seed of every random draw.")]
    public ulong Seed { get; set; } = 42;

    [Option("scale", Default = 1.0, MetaValue = "R", HelpText = "The size, as a share of the real one.")]
    public double Scale { get; set; } = 1;

    [Option("markets", MetaValue = "M,M", HelpText = "Only these of the markets.")]
    public string? Markets { get; set; }

    [Option("out", Required = true, MetaValue = "DIR", HelpText = "Where to write NAME_5core.txt.")]
    public string Out { get; set; } = "";
}

/// <summary>Options of devices.</summary>
[Verb("devices", HelpText = "What this machine can compute on.")]
internal sealed class DevicesArguments : CommonArguments;

/// <summary>Options of gradcheck.</summary>
[Verb("gradcheck", HelpText = "Hold the gradient of every operation and model to central differences.")]
internal sealed class GradcheckArguments : CommonArguments
{
    [Option("operation", MetaValue = "NAME", HelpText = "Only this operation or model.")]
    public string? Operation { get; set; }

    [Option("cases", Default = 20, MetaValue = "N", HelpText = "Random cases of each.")]
    public int Cases { get; set; } = 20;

    [Option("seed", Default = 1ul, MetaValue = "N", HelpText = "The seed of the first case; the others follow.")]
    public ulong Seed { get; set; } = 1;
}

/// <summary>Options of demo.</summary>
[Verb("demo", HelpText = "Train nmf, nmf++ and forec on small synthetic markets and compare.")]
internal sealed class DemoArguments : CommonArguments
{
    [Option("data", MetaValue = "DIR", HelpText = "The markets (default: the repository's data/).")]
    public string? Data { get; set; }

    [Option("seed", Default = 42ul, MetaValue = "N", HelpText = "The seed of every random draw.")]
    public ulong Seed { get; set; } = 42;
}
