// The options of reproduce.

namespace ForecEngine.Cli.Options;

[Verb("reproduce",
    HelpText = "Repeat the paper's tables and figures: all of its methods, on all pairs of markets of a folder.",
    Example = "reproduce --quick --data xmarket --out runs/paper")]
internal sealed class ReproduceArguments : ProgressArguments, IMarketOptions, IExecutorOptions
{
    [Option("data", OptionGroup.Input, MetaValue = "DIR", Kind = ValueKind.Directory, Default = "the included synthetic markets",
        HelpText = "The folder of the markets.")]
    public string Data { get; set; } = "";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("markets", OptionGroup.Input, MetaValue = "M[,M...]", Default = "all in the folder",
        HelpText = "The markets. Each but --fixed-source is a target, and a source of the others.")]
    public IReadOnlyList<string> Markets { get; set; } = [];

    [Option("fixed-source", OptionGroup.Input, MetaValue = "M",
        HelpText = "The source of the part Fix-Src of table 3, and no target. Without its file, the report says so.")]
    public string FixedSource { get; set; } = "us";

    [Option("quick", OptionGroup.Input,
        HelpText = "One seed and ten epochs, as for the included markets, instead of five seeds and the paper's 25 epochs.")]
    public bool Quick { get; set; }

    [Option("seeds", OptionGroup.Input, MetaValue = "N[,N...]", Default = "1,2,3,4,5, with --quick 1",
        HelpText = "The seeds of every random draw.")]
    public IReadOnlyList<string> Seeds { get; set; } = [];

    [Option("epochs", OptionGroup.Input, MetaValue = "N", Default = "25, with --quick 10", HelpText = "The epochs of each stage.")]
    public string? Epochs { get; set; }

    [Option("out", OptionGroup.Output, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder of the sweep and of the report. Cells that have finished there are not run again.")]
    public string Out { get; set; } = "reproduction";

    [Option("resume", OptionGroup.Output, HelpText = "Continue in --out, as the same command without this option does.")]
    public bool Resume { get; set; }
    public string? Jobs { get; set; }
    public string? Retries { get; set; }
    public string? Executor { get; set; }
    public string? Partition { get; set; }
    public string? Cpus { get; set; }
    public string? Mem { get; set; }
    public string? Gres { get; set; }
    public string? Time { get; set; }
    public string? MaxParallel { get; set; }
    public bool DryRun { get; set; }
}
