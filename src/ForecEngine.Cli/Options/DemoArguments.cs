// The options of demo.

namespace ForecEngine.Cli.Options;

[Verb("demo", HelpText = "Train nmf, nmf++ and forec on small synthetic markets and compare.", Example = "demo")]
internal sealed class DemoArguments : ProgressArguments, IDeviceOptions
{
    [Option("data", OptionGroup.Input, MetaValue = "DIR", Kind = ValueKind.Directory, Default = "the included synthetic markets",
        HelpText = "The folder of the markets uk, jp and in.")]
    public string? Data { get; set; }

    [Option("seed", OptionGroup.Input, MetaValue = "N", Default = "42", HelpText = "The seed of every random draw.")]
    public string? Seed { get; set; }
    public string Device { get; set; } = "cpu";
    public string? Threads { get; set; }
}
