// The options of verbs that use a device.

namespace ForecEngine.Cli.Options;

internal interface IDeviceOptions
{
    [Option("device", OptionGroup.Machine, Values = ["auto", "cpu", "scalar", "cuda", "opencl"],
        HelpText = "The device. cuda and opencl are GPUs, cuda:1 the second one; auto is a GPU if there is one, else cpu; "
            + "scalar is the slow specification.")]
    string Device { get; set; }

    [Option("threads", OptionGroup.Machine, MetaValue = "N", Default = "all cores",
        HelpText = "The number of threads. No result depends on it.")]
    string? Threads { get; set; }
}
