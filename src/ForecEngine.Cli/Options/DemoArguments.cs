// The options of demo.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options of demo.</summary>
[Verb("demo", HelpText = "Train nmf, nmf++ and forec on small synthetic markets and compare.", Example = "demo")]
internal sealed class DemoArguments : ProgressArguments, IDeviceOptions
{
    /// <summary>--data.</summary>
    [Option("data", OptionGroup.Data, MetaValue = "DIR", HelpText = "The markets (default: the repository's data/).")]
    public string? Data { get; set; }

    /// <summary>--seed.</summary>
    [Option("seed", OptionGroup.Input, MetaValue = "N", HelpText = "The seed of every random draw.")]
    public string? Seed { get; set; }

    /// <inheritdoc/>
    public string Device { get; set; } = "cpu";

    /// <inheritdoc/>
    public string? Threads { get; set; }
}
