// The option of verbs that print metrics.

namespace ForecEngine.Cli.Options;

internal interface IMetricOptions
{
    [Option("metrics", OptionGroup.Evaluation, MetaValue = "LIST", Default = "ndcg@10,hr@10,mrr",
        HelpText = "What to measure: ndcg@K, hr@K, recall@K, precision@K, map@K, mrr; ndcg@10 in any case.")]
    IReadOnlyList<string> Metrics { get; }
}
