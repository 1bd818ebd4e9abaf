// A protocol in words, for readers who ask what a figure means (docs/protocols.md).

namespace ForecEngine.Cli.Reports;

internal static class ProtocolText
{
    /// <summary>The protocol of a record.</summary>
    public static string Of(Experiment experiment)
    {
        Protocol protocol = experiment.Protocol;
        SplitRules split = protocol.Split;
        string order = split.Order == RowOrder.Random ? "in a random order" : "in the order of time";
        string held = split.HoldOut switch
        {
            HoldOut.None => "no row is held out",
            HoldOut.LastRows => $"{order}, a user's last row is test and the one before it validation",
            _ => $"{order}, a user's last positive row is test and the one before it validation",
        };
        string pool = protocol.CandidatePool == CandidatePool.AllMarkets ? "of all markets of a cell" : "of the market";
        string ranked = protocol.CandidatesFrom switch
        {
            CandidatesFrom.All => $"the held-out item is ranked among all items {pool}",
            CandidatesFrom.Sampled => $"the held-out item is ranked among {protocol.EvaluationNegatives} sampled items {pool}",
            _ => $"the held-out item is ranked among {protocol.EvaluationNegatives} sampled items {pool}, and among all of them",
        };
        string few = split.MinimumRows > 1 ? $"users with fewer than {split.MinimumRows} rows are left out" : "no user is left out";
        string evaluated = split.EvaluateFrom > split.MinimumRows ? $", those with fewer than {split.EvaluateFrom} are not evaluated" : "";
        string history = protocol.History == HistoryRows.TrainAndValid
            ? "test knows a user's training and validation rows" : "test knows a user's training rows";
        string sources = protocol.SourceRows == SourceRows.All
            ? "sources keep all their rows" : "sources are split like the target";
        return $"{held}; {few}{evaluated}; {ranked}; {history}; {sources}";
    }
}
