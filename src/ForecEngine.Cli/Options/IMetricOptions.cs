// The option of verbs that print metrics.

namespace ForecEngine.Cli.Options;

internal interface IMetricOptions
{
    [Option("metrics", OptionGroup.Evaluation, MetaValue = "LIST", Default = "ndcg@10,hr@10,mrr",
        HelpText = "The metrics: ndcg@K, hr@K, recall@K, precision@K, map@K, mrr. ndcg@10 is always included.")]
    IReadOnlyList<string> Metrics { get; }
}
