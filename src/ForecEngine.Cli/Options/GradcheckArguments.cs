// The options of gradcheck.

namespace ForecEngine.Cli.Options;

[Verb("gradcheck",
    HelpText = "Check the gradient of every operation and model against central differences.",
    Example = "gradcheck --operation nmf")]
internal sealed class GradcheckArguments : ProgressArguments, IDeviceOptions
{
    [Option("operation", OptionGroup.Input, MetaValue = "NAME", Default = "all", HelpText = "The operation or model to check.")]
    public string? Operation { get; set; }

    [Option("cases", OptionGroup.Input, MetaValue = "N", Default = "20", HelpText = "The number of random cases of each.")]
    public string? Cases { get; set; }

    [Option("seed", OptionGroup.Input, MetaValue = "N", Default = "1", HelpText = "The seed of the first case; the others follow.")]
    public string? Seed { get; set; }
    public string Device { get; set; } = "cpu";
    public string? Threads { get; set; }
}
