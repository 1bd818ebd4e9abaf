// The options that select the target market and the evaluation.

namespace ForecEngine.Cli.Options;

internal abstract class RankingArguments : MarketArguments, IDeviceOptions
{
    [Option("target", OptionGroup.Input, Required = true, MetaValue = "M",
        HelpText = "The market to recommend to: NAME or NAME=FILE[+FILE...].")]
    public string Target { get; set; } = "";

    [Option("source", OptionGroup.Input, MetaValue = "M[,M...]", HelpText = "The source markets; may be repeated.")]
    public virtual IReadOnlyList<string> Source { get; set; } = [];

    [Option("seed", OptionGroup.Training, MetaValue = "N", Default = "42", OfCheckpoint = true,
        HelpText = "The seed of every random draw.")]
    public string? Seed { get; set; }

    [Option("candidates", OptionGroup.Evaluation, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Rank these lists (user<TAB>item,item,...) instead of held-out items; then all rows of the target are for training.")]
    public string? Candidates { get; set; }

    [Option("qrels", OptionGroup.Evaluation, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The relevant items of --candidates: userId<TAB>itemId<TAB>rating with a header, or TREC's 'user 0 item grade'; "
            + "grades are whole numbers.")]
    public string? Qrels { get; set; }

    [Option("test-candidates", OptionGroup.Evaluation, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "Rank each held-out test item among the items of these lists (user<TAB>item,item,...) instead of sampled ones; "
            + "--save-candidates writes such files.")]
    public string? TestCandidates { get; set; }

    [Option("valid-candidates", OptionGroup.Evaluation, MetaValue = "FILE", Kind = ValueKind.File,
        HelpText = "The same for the validation items, which can select the best epoch.")]
    public string? ValidCandidates { get; set; }

    [Option("candidates-from", OptionGroup.Evaluation, MetaValue = "KIND", ValuesOf = typeof(CandidatesFrom),
        Default = "both; all with deploy", OfCheckpoint = true,
        HelpText = "Rank a held-out item among all items of the pool that the user has no training row for (all), among 99 of them "
            + "(sampled), or both. The sampled ones select the best epoch, unless it is all.")]
    public string? CandidatesFrom { get; set; }

    [Option("candidate-pool", OptionGroup.Evaluation, MetaValue = "POOL", ValuesOf = typeof(CandidatePool),
        Default = "market; all-markets with acmr", OfCheckpoint = true,
        HelpText = "The items that can be candidates: those of the target (market), or those of the target and all --source markets "
            + "(all-markets).")]
    public string? CandidatePool { get; set; }

    [Option("history", OptionGroup.Evaluation, MetaValue = "ROWS", ValuesOf = typeof(HistoryRows),
        Default = "train; train+valid with deploy", OfCheckpoint = true,
        HelpText = "What is known of a user when test is ranked: the training rows (train), or the validation row too (train+valid).")]
    public string? History { get; set; }

    [Option("minimum-rows", OptionGroup.Data, MetaValue = "N",
        Default = "1; 7 with the papers' protocols, but 1 if nothing is held out", OfCheckpoint = true,
        Setting = nameof(SplitRules.MinimumRows),
        HelpText = "Remove users with fewer than N rows.")]
    public string? MinimumRows { get; set; }

    [Option("evaluate-from", OptionGroup.Evaluation, MetaValue = "N", Default = "7", OfCheckpoint = true,
        HelpText = "Evaluate users with N rows or more; all rows of the others are for training.")]
    public string? EvaluateFrom { get; set; }
    public string Device { get; set; } = "cpu";
    public string? Threads { get; set; }
}
