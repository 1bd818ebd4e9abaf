// The tables of a report for programs, schema forec.report/1 (docs/formats.md).

namespace ForecEngine.Cli.Reports;

internal static class ReportJson
{
    /// <summary>The report as JSON.</summary>
    public static JsonObject Of(SweepReport report) => new()
    {
        ["schema"] = "forec.report/1",
        ["grid"] = report.Results.Grid,
        ["engine"] = report.Results.Engine,
        ["cells"] = report.Results.Cells,
        ["missing"] = new JsonArray([.. report.Results.Missing.Select(cell => JsonValue.Create(cell.Digest))]),
        ["methods"] = new JsonArray([.. report.Tables.SelectMany(table => Methods(table.Conditions, table.Table))]),
        ["gains"] = new JsonArray([.. report.Gains.SelectMany(table => Gains(table.Conditions, table.Candidates, table.Table))]),
        ["warnings"] = new JsonArray(
            [.. report.Document.Blocks.OfType<ReportWarning>().Select(warning => JsonValue.Create(warning.Text))]),
    };

    private static IEnumerable<JsonNode> Methods(Conditions conditions, MethodTable table) =>
        from block in table.Blocks
        from row in block.Rows
        from value in table.Targets.Zip(row.Values)
        where value.Second is not null
        select Method(With(conditions, table.Candidates), block, row.Method, value.First, value.Second);

    private static JsonObject Method(JsonObject json, MethodBlock block, string method, string target, MethodValue value)
    {
        json["block"] = block.Name;
        json["method"] = method;
        json["target"] = target;
        json["source"] = value.Source;
        json["users"] = value.Scores.Users.Ids.Length;
        foreach ((string metric, double mean) in SystemScores.Metrics.Zip(value.Scores.Means))
            json[metric] = mean;
        json["seeds"] = new JsonArray([.. value.Scores.BySeed.Select(seed => JsonValue.Create(seed))]);
        json["tests"] = new JsonArray([.. value.Tests.Select(JsonNode (test) => new JsonObject
        {
            ["over"] = test.Baseline,
            ["metric"] = SystemScores.Metrics[test.Metric],
            ["difference"] = test.Test.Difference,
            ["p"] = test.Test.P,
            ["p_holm"] = test.HolmP,
        })]);
        return json;
    }

    private static IEnumerable<JsonObject> Gains(Conditions conditions, string candidates, GainTable table)
    {
        foreach ((string source, IReadOnlyList<Gain?> row) in table.Sources.Zip(table.Gains))
        {
            foreach ((string target, Gain? gain) in table.Targets.Zip(row))
            {
                if (gain is null)
                    continue;
                JsonObject json = With(conditions, candidates);
                json["method"] = table.Method;
                json["over"] = table.Parent;
                json["source"] = source;
                json["target"] = target;
                json["percent"] = gain.Percent;
                json["p"] = gain.Test?.P;
                json["p_holm"] = gain.Test is null ? null : gain.HolmP;
                yield return json;
            }
        }
    }

    private static JsonObject With(Conditions conditions, string candidates) => new()
    {
        ["preset"] = conditions.Preset,
        ["protocol"] = conditions.Protocol,
        ["device"] = conditions.Device,
        ["options"] = conditions.Options,
        ["candidates"] = candidates,
    };
}
