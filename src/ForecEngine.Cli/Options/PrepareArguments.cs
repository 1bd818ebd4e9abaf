// The options of prepare.

namespace ForecEngine.Cli.Options;

[Verb("prepare", HelpText = "Filter raw markets as in the paper, and write NAME_5core.txt.", Example = "prepare --data raw --out xmarket")]
internal sealed class PrepareArguments : ProgressArguments, IMarketOptions
{
    [Option("markets", OptionGroup.Input, MetaValue = "M[,M...]", Default = "all raw markets in --data",
        HelpText = "The markets; ratings_NAME_*.txt.gz is preferred to NAME_5core.txt.")]
    public IReadOnlyList<string> Markets { get; set; } = [];

    [Option("reference", OptionGroup.Input, MetaValue = "M", Default = "us, if it is among the markets",
        HelpText = "A market that is filtered first; the others keep only its remaining items. none keeps all items.")]
    public string? Reference { get; set; }
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("item-k", OptionGroup.Data, MetaValue = "K", Default = "7", HelpText = "Keep items with K rows or more.")]
    public string? ItemK { get; set; }

    [Option("user-k", OptionGroup.Data, MetaValue = "K", Default = "7", HelpText = "Then keep users with K rows or more.")]
    public string? UserK { get; set; }

    [Option("reference-item-k", OptionGroup.Data, MetaValue = "K", Default = "25", HelpText = "--item-k for the reference.")]
    public string? ReferenceItemK { get; set; }

    [Option("reference-user-k", OptionGroup.Data, MetaValue = "K", Default = "10", HelpText = "--user-k for the reference.")]
    public string? ReferenceUserK { get; set; }

    [Option("passes", OptionGroup.Data, MetaValue = "N", Default = "1",
        HelpText = "The maximum number of passes of both filters.")]
    public string? Passes { get; set; }

    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder to write NAME_5core.txt to.")]
    public string Out { get; set; } = "";

    [Option("force", OptionGroup.Output, HelpText = "Replace existing files.")]
    public bool Force { get; set; }
}
