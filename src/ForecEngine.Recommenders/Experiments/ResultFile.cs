// result.json, schema forec.result/1: the record and results of a run in machine-readable form.

using System.Text.Json.Nodes;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A result as JSON.</summary>
public static class ResultFile
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The result of a run.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="device">The device of the run.</param>
    /// <param name="threads">The number of threads. Only the times depend on it.</param>
    /// <param name="peakBytes">The peak memory of the process, in bytes.</param>
    public static JsonObject ToJson(ExperimentOutcome outcome, IDevice device, int threads, long peakBytes)
    {
        Experiment experiment = outcome.Experiment;
        long samples = outcome.Phases.Sum(phase => phase.Samples);
        double seconds = outcome.Phases.Sum(phase => phase.Seconds);
        JsonObject json = new()
        {
            ["schema"] = "forec.result/1",
            ["method"] = experiment.Method,
            ["preset"] = experiment.Preset,
            ["target"] = experiment.Target,
            ["sources"] = new JsonArray([.. experiment.Sources.Select(source => JsonValue.Create(source))]),
            ["seed"] = experiment.Seed,
            ["candidates_from"] = JsonSerializer.SerializeToNode(experiment.CandidatesFrom, Experiment.JsonOptions),
            ["device"] = device.Name,
            ["threads"] = threads,
        };
        if (outcome.Valid is { } valid)
            json["valid"] = WithRanking([], valid.Result);
        if (outcome.Test is { } test)
            json["test"] = WithRanking([], test.Result);
        else
            json["not_evaluated"] = outcome.NotEvaluated;
        json["train"] = new JsonObject
        {
            ["samples"] = samples,
            ["seconds"] = seconds,
            ["samples_per_second"] = seconds > 0 ? samples / seconds : 0,
            ["peak_rss_bytes"] = peakBytes,
        };
        json["stages"] = new JsonArray([.. outcome.Phases.Select(Stage)]);
        json["experiment"] = JsonSerializer.SerializeToNode(experiment, Experiment.JsonOptions);
        return json;
    }

    /// <summary>The text of a JSON file: indented, with a line end.</summary>
    public static string Text(JsonObject json) => json.ToJsonString(s_indented) + "\n";

    /// <summary>Adds the metrics of a ranking to an object.</summary>
    public static JsonObject WithRanking(JsonObject json, EvaluationResult ranking)
    {
        json["users"] = ranking.Users;
        foreach ((string name, double mean) in ranking.Means)
            json[name] = mean;
        return json;
    }

    /// <summary>The part of a result about a split.</summary>
    /// <param name="result">A result.json.</param>
    /// <param name="split"><c>valid</c> or <c>test</c>.</param>
    public static EvaluationResult Ranking(JsonObject result, string split)
    {
        JsonObject told = result[split]?.AsObject() ?? throw new ArgumentException($"the result has no part '{split}'", nameof(split));
        Dictionary<string, double> means = told.Where(entry => entry.Key != "users")
            .ToDictionary(entry => entry.Key, entry => (double?)entry.Value ?? 0);
        return new EvaluationResult((int?)told["users"] ?? 0, means, new Dictionary<string, double[]>());
    }

    /// <summary>Whether a result has everything that <see cref="Ranking"/> reads, and a number for every metric.</summary>
    /// <param name="result">The parsed result.</param>
    /// <param name="metrics">The metrics that it must contain.</param>
    public static bool IsWhole(JsonObject result, IReadOnlyList<Metric> metrics) =>
        result["sources"] is JsonArray && (!result.ContainsKey("valid") || (IsRanking(result["valid"]) && HasSameMeasures(result)))
        && (result.ContainsKey("test")
            ? IsRanking(result["test"]) && metrics.All(metric => result["test"]?[metric.Name] is not null)
            : result["not_evaluated"] is JsonValue reason && reason.TryGetValue(out string? _));

    // One table shows both splits, so both need all metrics.
    private static bool HasSameMeasures(JsonObject result) => result["test"] is not JsonObject test
        || (result["valid"] is JsonObject valid && valid.Select(entry => entry.Key).SequenceEqual(test.Select(entry => entry.Key)));

    private static bool IsRanking(JsonNode? node) => node is JsonObject ranking
        && ranking["users"] is JsonValue users && users.TryGetValue(out int _)
        && ranking.All(entry => entry.Value is JsonValue value && value.TryGetValue(out double _));

    private static JsonNode Stage(PhaseResult phase) => new JsonObject
    {
        ["name"] = phase.Name,
        ["cached"] = phase.Cached,
        ["epochs"] = phase.Epochs,
        ["best_epoch"] = phase.BestEpoch,
        ["samples"] = phase.Samples,
        ["seconds"] = phase.Seconds,
        ["first_epoch_seconds"] = phase.FirstEpochSeconds,
        ["loss"] = phase.Loss,
    };
}
