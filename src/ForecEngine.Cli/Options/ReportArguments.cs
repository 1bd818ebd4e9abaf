// The options of report.

namespace ForecEngine.Cli.Options;

[Verb("report", First = "sweep",
    HelpText = "Write a sweep's results as the paper's tables and figures, beside the published ones.",
    Example = "report runs/sweep")]
internal sealed class ReportArguments : ProgressArguments
{
    [Option("sweep", OptionGroup.Input, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The --out of a sweep. As the first argument, the folder needs no --sweep.")]
    public string Sweep { get; set; } = "";

    [Option("fixed-source", OptionGroup.Input, MetaValue = "M", Default = "us", HelpText = "The source of the block Fix-Src.")]
    public string? FixedSource { get; set; }

    [Option("watch", OptionGroup.Output,
        HelpText = "Keep report.html up to date, for a browser that shows it, until all cells have finished.")]
    public bool Watch { get; set; }

    [Option("out", OptionGroup.Output, MetaValue = "DIR", Kind = ValueKind.Directory, Default = "the folder report of the sweep",
        HelpText = "The folder for report.html, report.md and the figures.")]
    public string? Out { get; set; }
}
