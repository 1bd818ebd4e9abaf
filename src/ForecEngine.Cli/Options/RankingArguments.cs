// The options that say for which market a model is, and how it is measured.

using ForecEngine.Cli.CommandLine;

namespace ForecEngine.Cli.Options;

/// <summary>Options that say how a result is measured.</summary>
internal abstract class RankingArguments : MarketArguments, IDeviceOptions
{
    /// <summary>--target.</summary>
    [Option("target", OptionGroup.Input, Required = true, MetaValue = "M", HelpText = "The market to recommend to: NAME or NAME=FILE[+FILE...].")]
    public string Target { get; set; } = "";

    /// <summary>--source.</summary>
    [Option("source", OptionGroup.Input, MetaValue = "M,M", HelpText = "The markets that help, separated by commas. train also takes auto, or auto:N: the best one, or N, of --source-pool.")]
    public IReadOnlyList<string> Source { get; set; } = [];

    /// <summary>--seed.</summary>
    [Option("seed", OptionGroup.Training, MetaValue = "N", HelpText = "The seed of every random draw (default: 42, or a checkpoint's own).")]
    public string? Seed { get; set; }

    /// <summary>--metrics.</summary>
    [Option("metrics", OptionGroup.Evaluation, MetaValue = "LIST", HelpText = "What to measure: ndcg@K, hr@K, mrr; ndcg@10 in any case (default: ndcg@10,hr@10,mrr).")]
    public IReadOnlyList<string> Metrics { get; set; } = [];

    /// <summary>--candidates.</summary>
    [Option("candidates", OptionGroup.Evaluation, MetaValue = "FILE", HelpText = "Rank these lists (user<TAB>item,item,...) instead of test; the target is then trained on whole.")]
    public string? Candidates { get; set; }

    /// <summary>--qrels.</summary>
    [Option("qrels", OptionGroup.Evaluation, MetaValue = "FILE", HelpText = "The relevant items of --candidates (userId<TAB>itemId<TAB>rating, with a header).")]
    public string? Qrels { get; set; }

    /// <summary>--minimum-rows.</summary>
    [Option("minimum-rows", OptionGroup.Data, MetaValue = "N", HelpText = "Leave out users with fewer rows (default: 7; 1 where nothing is held out).")]
    public string? MinimumRows { get; set; }

    /// <inheritdoc/>
    public string Device { get; set; } = "cpu";

    /// <inheritdoc/>
    public string? Threads { get; set; }
}
