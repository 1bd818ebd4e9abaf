// The options of profile.

namespace ForecEngine.Cli.Options;

[Verb("profile",
    HelpText = "Time the kernels of a short training and compare them with the machine's peak rates.",
    Example = "profile --data xmarket --target jp --method nmf")]
internal sealed class ProfileArguments : TrainingArguments
{
    [Option("epochs", OptionGroup.Training, MetaValue = "N", HelpText = "Epochs of each phase.")]
    public override string? Epochs { get; set; } = "1";

    [Option("trace", OptionGroup.Output, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Also write the spans as a Chrome trace, which Perfetto opens.")]
    public string? Trace { get; set; }
}
