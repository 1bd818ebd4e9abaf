// The options of compare.

namespace ForecEngine.Cli.Options;

[Verb("compare", First = "run",
    HelpText = "Compare finished runs by the values of their users: a paired t-test and a bootstrap interval for each pair of systems.",
    Example = "compare runs/pop runs/ease runs/forec-1 runs/forec-2 runs/forec-3")]
internal sealed class CompareArguments : CommonArguments, IMetricOptions
{
    [Option("run", OptionGroup.Input, Required = true, MetaValue = "RUN", Kind = ValueKind.Directory,
        HelpText = "The --out of a train, run or adapt; * and ? match names. Runs whose records differ by the seed alone are one system. "
            + "Runs named first need no --run.")]
    public IReadOnlyList<string> Runs { get; set; } = [];
    public IReadOnlyList<string> Metrics { get; set; } = [];

    [Option("split", OptionGroup.Evaluation, Values = ["test", "valid"], Default = "test", HelpText = "The held-out items to compare by.")]
    public string Split { get; set; } = "test";

    [Option("candidates-from", OptionGroup.Evaluation, Values = ["all", "sampled", "given"], Default = "every kind of the runs",
        HelpText = "Compare by the rankings among these candidates only.")]
    public string? CandidatesFrom { get; set; }

    [Option("pairs", OptionGroup.Evaluation, Values = ["all", "first"], Default = "all",
        HelpText = "Compare each pair of systems, or each system with the first.")]
    public string? Pairs { get; set; }

    [Option("resamples", OptionGroup.Evaluation, MetaValue = "N", Default = "10000", HelpText = "The resamples of the bootstrap.")]
    public string? Resamples { get; set; }

    [Option("seed", OptionGroup.Evaluation, MetaValue = "N", Default = "42", HelpText = "The seed of the bootstrap.")]
    public string? Seed { get; set; }
}
