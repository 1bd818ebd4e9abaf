// The options of every verb.

namespace ForecEngine.Cli.Options;

internal abstract class CommonArguments
{
    /// <summary>The options that the command line gives.</summary>
    public IReadOnlyCollection<DeclaredOption> Given { get; set; } = [];

    [Option("json", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Also write the results as JSON; - writes them to standard output, in place of the table.")]
    public string? Json { get; set; }
}

/// <summary>Options of every verb that takes long enough to say how far it is.</summary>
internal abstract class ProgressArguments : CommonArguments
{
    [Option("quiet", OptionGroup.Output, HelpText = "No progress on standard error.")]
    public bool Quiet { get; set; }
}
