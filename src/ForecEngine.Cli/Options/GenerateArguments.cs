// The options of generate.

namespace ForecEngine.Cli.Options;

[Verb("generate", HelpText = "Write synthetic markets in XMarket's format.", Example = "generate --scale 0.1 --out synthetic")]
internal sealed class GenerateArguments : ProgressArguments
{
    [Option("like", OptionGroup.Input, Values = ["xmarket", "us"],
        HelpText = "Seven markets in the proportions of XMarket, or one of the full size of us.")]
    public string Like { get; set; } = "xmarket";

    [Option("seed", OptionGroup.Input, MetaValue = "N", Default = "42", HelpText = "The seed of every random draw.")]
    public string? Seed { get; set; }

    [Option("scale", OptionGroup.Input, MetaValue = "R", Default = "1", HelpText = "The factor on XMarket's sizes.")]
    public string? Scale { get; set; }

    [Option("markets", OptionGroup.Input, MetaValue = "M[,M...]", Default = "all seven",
        HelpText = "The markets to write; may be repeated.")]
    public IReadOnlyList<string> Markets { get; set; } = [];

    [Option("out", OptionGroup.Output, Required = true, MetaValue = "DIR", Kind = ValueKind.Directory,
        HelpText = "The folder to write NAME_5core.txt to.")]
    public string Out { get; set; } = "";

    [Option("force", OptionGroup.Output, HelpText = "Replace existing files in --out.")]
    public bool Force { get; set; }
}
