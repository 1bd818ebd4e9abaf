// The options of prepare.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options of prepare.</summary>
[Verb("prepare", HelpText = "Filter raw markets as the paper does, into NAME_5core.txt.", Example = "prepare --data raw --out xmarket")]
internal sealed class PrepareArguments : ProgressArguments, IMarketOptions
{
    /// <summary>--markets.</summary>
    [Option("markets", OptionGroup.Input, MetaValue = "M[,M...]", Default = "all raw ones in --data",
        HelpText = "The markets; ratings_NAME_*.txt.gz comes before NAME_5core.txt here.")]
    public IReadOnlyList<string> Markets { get; set; } = [];

    /// <summary>--reference.</summary>
    [Option("reference", OptionGroup.Input, MetaValue = "M", Default = "us, where it is among the markets",
        HelpText = "The market whose items, once it is filtered, are all that the others keep; none keeps all.")]
    public string? Reference { get; set; }

    /// <inheritdoc/>
    public string Data { get; set; } = ".";

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>--item-k.</summary>
    [Option("item-k", OptionGroup.Data, MetaValue = "K", Default = "7", HelpText = "Keep items with K rows or more.")]
    public string? ItemK { get; set; }

    /// <summary>--user-k.</summary>
    [Option("user-k", OptionGroup.Data, MetaValue = "K", Default = "7", HelpText = "Then keep users with K rows or more.")]
    public string? UserK { get; set; }

    /// <summary>--reference-item-k.</summary>
    [Option("reference-item-k", OptionGroup.Data, MetaValue = "K", Default = "25", HelpText = "As --item-k, for the reference.")]
    public string? ReferenceItemK { get; set; }

    /// <summary>--reference-user-k.</summary>
    [Option("reference-user-k", OptionGroup.Data, MetaValue = "K", Default = "10", HelpText = "As --user-k, for the reference.")]
    public string? ReferenceUserK { get; set; }

    /// <summary>--passes.</summary>
    [Option("passes", OptionGroup.Data, MetaValue = "N", Default = "1",
        HelpText = "How often both filters run, as long as they change anything.")]
    public string? Passes { get; set; }

    /// <summary>--out.</summary>
    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "Where to write NAME_5core.txt.")]
    public string Out { get; set; } = "";

    /// <summary>--force.</summary>
    [Option("force", OptionGroup.Output, HelpText = "Replace files that are there.")]
    public bool Force { get; set; }
}
