// The options that select and filter markets.

namespace ForecEngine.Cli.Options;

internal abstract class MarketArguments : ProgressArguments, IMarketOptions
{
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("k-core", OptionGroup.Data, MetaValue = "K", Default = "all rows", OfCheckpoint = true,
        HelpText = "Keep items with K rows or more, then users with K rows or more.")]
    public string? KCore { get; set; }

    [Option("k-core-passes", OptionGroup.Data, MetaValue = "N", Default = "1", OfCheckpoint = true, HelpText = "Passes of the k-core.")]
    public string? KCorePasses { get; set; }
}
