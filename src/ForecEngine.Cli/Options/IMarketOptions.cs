// The options of verbs that read markets.

namespace ForecEngine.Cli.Options;

internal interface IMarketOptions
{
    [Option("data", OptionGroup.Data, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder of markets given by name: NAME_5core.txt, NAME.txt[.gz], ratings_NAME_*.txt.gz, or "
            + "NAME.csv, .parquet, ...")]
    string Data { get; set; }

    [Option("columns", OptionGroup.Data, MetaValue = "LIST", Default = "the usual names",
        HelpText = "The columns of files with a header, as in user=customer_id,item=sku,time=ts.")]
    IReadOnlyList<string> Columns { get; set; }
}
