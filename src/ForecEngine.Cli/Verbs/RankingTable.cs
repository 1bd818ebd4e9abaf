// The table of metrics, one row per split.

namespace ForecEngine.Cli.Verbs;

internal static class RankingTable
{
    /// <summary>Writes a row for each name.</summary>
    public static void Write(TextWriter output, IReadOnlyList<(string Name, EvaluationResult Result)> rows, string heading = "split") =>
        ResultTable.Write(output, [heading, "users", .. rows[0].Result.Means.Keys], rows.Select(row => (string[])
        [
            row.Name, row.Result.Users.ToString(CultureInfo.InvariantCulture), .. row.Result.Means.Values.Select(ResultTable.Metric),
        ]));
}
