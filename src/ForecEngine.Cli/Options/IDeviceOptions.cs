// The options of a verb that computes.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>--device and --threads.</summary>
internal interface IDeviceOptions
{
    /// <summary>--device.</summary>
    [Option("device", OptionGroup.Machine, MetaValue = "NAME", HelpText = "cpu, or scalar, the plain specification.")]
    string Device { get; set; }

    /// <summary>--threads.</summary>
    [Option("threads", OptionGroup.Machine, MetaValue = "N", HelpText = "Threads of the cpu device (default: all cores). No result depends on it.")]
    string? Threads { get; set; }
}
