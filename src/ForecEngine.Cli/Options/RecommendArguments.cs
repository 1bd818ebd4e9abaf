// The options of recommend.

using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Cli.Options;

[Verb("recommend",
    HelpText = "Make lists of the best items for customers.",
    Example = "recommend --model runs/shop --top 10 --out lists.csv")]
internal sealed class RecommendArguments : ProgressArguments, IMarketOptions, IDeviceOptions
{
    [Option("model", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.File,
        HelpText = "What train wrote into --out: the folder, or a checkpoint with its .ids.tsv beside it.")]
    public string Model { get; set; } = "";

    [Option("user", OptionGroup.Input, MetaValue = "ID",
        HelpText = "A user who gets a list; may be repeated.", Default = "every user of the target's rows")]
    public IReadOnlyList<string> User { get; set; } = [];

    [Option("users", OptionGroup.Input, MetaValue = "FILE", Kind = ValueKind.File, HelpText = "The users who get a list, an id a line.")]
    public string? Users { get; set; }

    [Option("items", OptionGroup.Input, MetaValue = "A,B",
        HelpText = "A new customer who has only these items; may be repeated. The lists' users are items:1, items:2, ... An "
            + "id with a comma stands in quotes: '\"a,b\",c'.")]
    public IReadOnlyList<string> Items { get; set; } = [];

    [Option("top", OptionGroup.Input, MetaValue = "K", HelpText = "How many items a list has.", Default = "10")]
    public string? Top { get; set; }

    [Option("only-items", OptionGroup.Input, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Recommend none but these items, an id a line.")]
    public string? OnlyItems { get; set; }

    [Option("include-seen", OptionGroup.Input, HelpText = "Recommend items that the user has, too.")]
    public bool IncludeSeen { get; set; }

    [Option("target", OptionGroup.Data, MetaValue = "M",
        HelpText = "Rows to use in place of the run's own, for what customers have now: NAME or NAME=FILE[+FILE...]. A "
            + "checkpoint without rows.tsv beside it needs them.")]
    public string? Target { get; set; }

    [Option("source", OptionGroup.Data, MetaValue = "M[,M...]",
        HelpText = "The markets that the checkpoint was trained with besides the target: only for one without an .ids.tsv.")]
    public IReadOnlyList<string> Source { get; set; } = [];
    public string Data { get; set; } = ".";
    public IReadOnlyList<string> Columns { get; set; } = [];

    [Option("format", OptionGroup.Output, ValuesOf = typeof(ListFormat), Default = "csv",
        HelpText = "How the lists are written; parquet needs --out.")]
    public string? Format { get; set; }

    [Option("out", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File, Default = "standard output",
        HelpText = "Write the lists to a file, whole or not at all.")]
    public string? Out { get; set; }
    public string Device { get; set; } = "cpu";
    public string? Threads { get; set; }
}
