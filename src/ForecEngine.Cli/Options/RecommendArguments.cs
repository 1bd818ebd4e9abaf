// The options of recommend.

using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Cli.Options;

[Verb("recommend",
    HelpText = "Make lists of the best items for customers.",
    Example = "recommend --model runs/shop --top 10 --out lists.csv")]
internal sealed class RecommendArguments : ProgressArguments, IMarketOptions, IDeviceOptions
{
    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText = "The --out of a train: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";

    [Option("user", OptionGroup.Input, MetaValue = "ID",
        HelpText = "A user who gets a list; may be repeated.", Default = "every user of the target's rows")]
    public IReadOnlyList<string> User { get; set; } = [];

    [Option("users", OptionGroup.Input, MetaValue = "FILE", Kind = ValueKind.File, HelpText = "The users who get a list, one id per line.")]
    public string? Users { get; set; }

    [Option("items", OptionGroup.Input, MetaValue = "A,B",
        HelpText = "The items of a new customer; may be repeated. These users are named items:1, items:2, ... An "
            + "id with a comma is quoted: '\"a,b\",c'.")]
    public IReadOnlyList<string> Items { get; set; } = [];

    [Option("top", OptionGroup.Input, MetaValue = "K", HelpText = "The number of items per list.", Default = "10")]
    public string? Top { get; set; }

    [Option("only-items", OptionGroup.Input, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The only items to recommend, one id per line.")]
    public string? OnlyItems { get; set; }

    [Option("include-seen", OptionGroup.Input, HelpText = "Recommend items that the user already has too.")]
    public bool IncludeSeen { get; set; }

    [Option("target", OptionGroup.Data, MetaValue = "M",
        HelpText = "The current rows of the market, instead of the run's: NAME or NAME=FILE[+FILE...]. "
            + "Required if no rows.tsv is beside the checkpoint.")]
    public string? Target { get; set; }

    [Option("source", OptionGroup.Data, MetaValue = "M[,M...]",
        HelpText = "The sources that the checkpoint was trained with; only for a checkpoint without an .ids.tsv.")]
    public IReadOnlyList<string> Source { get; set; } = [];
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("format", OptionGroup.Output, ValuesOf = typeof(ListFormat), Default = "csv",
        HelpText = "The format of the lists; parquet needs --out.")]
    public string? Format { get; set; }

    [Option("out", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File, Default = "standard output",
        HelpText = "Write the lists to a file, atomically.")]
    public string? Out { get; set; }
    public string Device { get; set; } = "cpu";
    public string? Threads { get; set; }
}
