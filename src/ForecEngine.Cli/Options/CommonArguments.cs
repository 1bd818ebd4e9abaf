// The options of every verb.

namespace ForecEngine.Cli.Options;

internal abstract class CommonArguments
{
    /// <summary>The options given on the command line.</summary>
    public IReadOnlyCollection<DeclaredOption> Given { get; set; } = [];

    [Option("json", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Also write the results as JSON; - writes them to standard output instead of the table.")]
    public string? Json { get; set; }
}

internal abstract class ProgressArguments : CommonArguments
{
    [Option("quiet", OptionGroup.Output, HelpText = "Print no progress on standard error.")]
    public bool Quiet { get; set; }
}
