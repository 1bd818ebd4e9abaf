// The options of verbs that use a device.

namespace ForecEngine.Cli.Options;

internal interface IDeviceOptions
{
    [Option("device", OptionGroup.Machine, Values = ["cpu", "scalar"], HelpText = "What computes: scalar is the plain specification.")]
    string Device { get; set; }

    [Option("threads", OptionGroup.Machine, MetaValue = "N", Default = "all cores",
        HelpText = "Threads of the cpu device. No result depends on it.")]
    string? Threads { get; set; }
}
