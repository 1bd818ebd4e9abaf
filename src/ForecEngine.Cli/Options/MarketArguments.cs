// The options that say which markets are read, and how.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options that say which markets.</summary>
internal abstract class MarketArguments : ProgressArguments
{
    /// <summary>--data.</summary>
    [Option("data", OptionGroup.Data, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "Where markets given by name are looked up: NAME_5core.txt, NAME.txt[.gz], ratings_NAME_*.txt.gz.")]
    public string Data { get; set; } = ".";

    /// <summary>--k-core.</summary>
    [Option("k-core", OptionGroup.Data, MetaValue = "K", Default = "all rows", OfCheckpoint = true,
        HelpText = "Keep items with K rows or more, then users with K rows or more.")]
    public string? KCore { get; set; }

    /// <summary>--k-core-passes.</summary>
    [Option("k-core-passes", OptionGroup.Data, MetaValue = "N", Default = "1", OfCheckpoint = true, HelpText = "Passes of the k-core.")]
    public string? KCorePasses { get; set; }
}
