// The table of metrics, one row per ranking.

namespace ForecEngine.Cli.Verbs;

internal static class RankingTable
{
    /// <summary>Names the candidates of given lists.</summary>
    public const string Given = "given";

    /// <summary>Names given candidates of held-out items.</summary>
    public const string GivenSample = "sampled, from a file";

    /// <summary>Names the candidates of a full ranking.</summary>
    public static string AllItems(CandidatePool pool) => pool == CandidatePool.Market ? "all items" : "all items of all markets";

    /// <summary>Names sampled candidates. The paper's figures are among 99 of the market.</summary>
    public static string Sampled(int negatives, CandidatePool pool) => $"{negatives} sampled" + (pool == CandidatePool.AllMarkets
        ? " of all markets" : negatives == SampledCandidates.DefaultNegatives ? ", as the paper" : "");

    /// <summary>Writes a row for each ranking, named by the first columns.</summary>
    public static void Write(
        TextWriter output, IReadOnlyList<string> headings, IReadOnlyList<(IReadOnlyList<string> Names, EvaluationResult Result)> rows) =>
        ResultTable.Write(output, [.. headings, "users", .. rows[0].Result.Means.Keys], rows.Select(Cells), headings.Count);

    private static string[] Cells((IReadOnlyList<string> Names, EvaluationResult Result) row) =>
        [.. row.Names, row.Result.Users.ToString(CultureInfo.InvariantCulture), .. row.Result.Means.Values.Select(ResultTable.Metric)];
}
