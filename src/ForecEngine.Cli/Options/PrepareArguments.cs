// The options of prepare.

namespace ForecEngine.Cli.Options;

[Verb("prepare", HelpText = "Filter raw markets as the paper does, into NAME_5core.txt.", Example = "prepare --data raw --out xmarket")]
internal sealed class PrepareArguments : ProgressArguments, IMarketOptions
{
    [Option("markets", OptionGroup.Input, MetaValue = "M[,M...]", Default = "all raw ones in --data",
        HelpText = "The markets; ratings_NAME_*.txt.gz comes before NAME_5core.txt here.")]
    public IReadOnlyList<string> Markets { get; set; } = [];

    [Option("reference", OptionGroup.Input, MetaValue = "M", Default = "us, where it is among the markets",
        HelpText = "The market whose items, once it is filtered, are all that the others keep; none keeps all.")]
    public string? Reference { get; set; }
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("item-k", OptionGroup.Data, MetaValue = "K", Default = "7", HelpText = "Keep items with K rows or more.")]
    public string? ItemK { get; set; }

    [Option("user-k", OptionGroup.Data, MetaValue = "K", Default = "7", HelpText = "Then keep users with K rows or more.")]
    public string? UserK { get; set; }

    [Option("reference-item-k", OptionGroup.Data, MetaValue = "K", Default = "25", HelpText = "As --item-k, for the reference.")]
    public string? ReferenceItemK { get; set; }

    [Option("reference-user-k", OptionGroup.Data, MetaValue = "K", Default = "10", HelpText = "As --user-k, for the reference.")]
    public string? ReferenceUserK { get; set; }

    [Option("passes", OptionGroup.Data, MetaValue = "N", Default = "1",
        HelpText = "How often both filters run, as long as they change anything.")]
    public string? Passes { get; set; }

    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "Where to write NAME_5core.txt.")]
    public string Out { get; set; } = "";

    [Option("force", OptionGroup.Output, HelpText = "Replace files that are there.")]
    public bool Force { get; set; }
}
