// The results of runs, in DIR/trials/DIGEST/result.json, schema forec.trial/1. The file is written atomically when a run has finished, so a
// run with this file is never repeated. Until then the folder has the run's checkpoints.

using System.Text.Json;

namespace ForecEngine.Cli.Tuning;

internal sealed class TrialFolder(string search)
{
    private const string Schema = "forec.trial/1", Result = "result.json", Valid = "valid", Failed = "failed", Record = "run";

    /// <summary>The folder of a run.</summary>
    public string Of(TrialRun run) => Path.Combine(search, "trials", run.Digest);

    /// <summary>The result of a run; null if it has not finished.</summary>
    public RunResult? Find(TrialRun run, Metric metric)
    {
        string file = Path.Combine(Of(run), Result);
        if (!File.Exists(file))
            return null;
        try
        {
            JsonNode? json = JsonNode.Parse(File.ReadAllText(file));
            if ((string?)json?["schema"] != Schema || !JsonNode.DeepEquals(json[Record], run.Record))
                return null;
            return (string?)json[Failed] is { } failure ? new RunResult(null, failure)
                : (double?)json[Valid]?[metric.Name] is { } score ? new RunResult(score, null)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null; // a file that someone changed; the run is repeated
        }
    }

    /// <summary>The content of the result of a run.</summary>
    /// <param name="record">The record of the run.</param>
    /// <param name="valid">The ranking of the validation rows; null if training diverged.</param>
    /// <param name="failure">How training diverged; null if it did not.</param>
    public static JsonObject Content(JsonNode record, EvaluationResult? valid, string? failure)
    {
        JsonObject json = new() { ["schema"] = Schema, [Record] = record.DeepClone() };
        if (valid is not null)
            json[Valid] = ResultFile.WithRanking([], valid);
        else
            json[Failed] = failure;
        return json;
    }

    /// <summary>Writes the result of a run into its folder.</summary>
    public static void Write(string folder, JsonObject content) =>
        ResultFile.Write(Path.Combine(folder, Result), content);

    /// <summary>Whether a folder has a result.</summary>
    public static bool HasResult(string folder) => File.Exists(Path.Combine(folder, Result));
}
