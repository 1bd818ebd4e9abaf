// The options of profile.

namespace ForecEngine.Cli.Options;

[Verb("profile",
    HelpText = "Time a short training, kernel by kernel, against what this machine could do.",
    Example = "profile --data xmarket --target jp --method nmf")]
internal sealed class ProfileArguments : TrainingArguments
{
    [Option("epochs", OptionGroup.Training, MetaValue = "N", HelpText = "Epochs of each phase.")]
    public override string? Epochs { get; set; } = "1";

    [Option("trace", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Also write the spans as a Chrome trace, which Perfetto opens.")]
    public string? Trace { get; set; }
}
