// result.json, schema forec.result/1: the record and results of a run in machine-readable form.

using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A result as JSON.</summary>
public static class ResultFile
{
    /// <summary>Ends the names of the rankings among all items: <c>valid_all_items</c> and <c>test_all_items</c>.</summary>
    public const string AmongAll = "_all_items";

    private static readonly string[] s_splits = ["valid", "test"];

    // Names such as nmf++ stay readable; the files are no part of a page.
    private static readonly JsonSerializerOptions s_indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
            ["preset"] = experiment.PresetFile ?? experiment.Preset,
            ["target"] = experiment.Target,
            ["sources"] = new JsonArray([.. experiment.Sources.Select(source => JsonValue.Create(source))]),
            ["seed"] = experiment.Seed,
            ["candidates_from"] = CandidatesFrom(experiment),
            ["device"] = device.Name,
            ["threads"] = threads,
        };
        if (outcome.Valid is { } valid)
            json["valid"] = WithRanking([], valid.Result);
        if (outcome.Test is { } test)
            json["test"] = WithRanking([], test.Result);
        else
            json["not_evaluated"] = outcome.NotEvaluated;
        if (outcome.ValidAmongAll is { } validAmongAll)
            json["valid" + AmongAll] = WithRanking([], validAmongAll.Result);
        if (outcome.TestAmongAll is { } testAmongAll)
            json["test" + AmongAll] = WithRanking([], testAmongAll.Result);
        if (Evaluation.Coverage.Of(outcome.TestAmongAll) is { } coverage)
            json["coverage"] = ToJson(coverage);
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

    /// <summary>
    /// Moves what depends on the machine, the moment and the cache out of a result: the device, the threads, the times and the memory.
    /// </summary>
    /// <param name="result">A result. What remains of it does not depend on where the experiment ran.</param>
    /// <returns>The parts that were moved.</returns>
    public static JsonObject TakeTiming(JsonObject result)
    {
        JsonObject timing = Moved(result, "device", "threads");
        if (result["train"] is JsonObject train)
            timing["train"] = Moved(train, "seconds", "samples_per_second", "peak_rss_bytes");
        timing["stages"] = new JsonArray([.. (result["stages"] as JsonArray ?? []).OfType<JsonObject>().Select(JsonNode (stage) =>
        {
            JsonObject moved = new() { ["name"] = stage["name"]?.DeepClone() };
            foreach ((string name, JsonNode? value) in Moved(stage, "cached", "seconds", "first_epoch_seconds").ToArray())
                moved[name] = value?.DeepClone();
            return moved;
        })]);
        return timing;
    }

    private static JsonObject Moved(JsonObject from, params string[] names)
    {
        JsonObject moved = [];
        foreach (string name in names.Where(from.ContainsKey))
        {
            moved[name] = from[name]?.DeepClone();
            from.Remove(name);
        }

        return moved;
    }

    /// <summary>Writes a JSON file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, JsonObject json) => AtomicFile.Write(path, Text(json));

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

    /// <summary>A coverage as JSON.</summary>
    public static JsonObject ToJson(Coverage coverage) => new()
    {
        ["lists"] = coverage.Lists,
        ["items"] = coverage.Items,
        ["shown"] = coverage.Shown,
        ["share"] = coverage.Share,
        ["gini"] = coverage.Gini,
    };

    /// <summary>The coverage in a result; null if it has none.</summary>
    public static Coverage? CoverageOf(JsonObject result) => result["coverage"] is JsonObject json
        ? new Coverage((int?)json["lists"] ?? 0, (int?)json["items"] ?? 0, (int?)json["shown"] ?? 0, (double?)json["gini"] ?? 0)
        : null;

    /// <summary>The rankings of a result, those among all items first: the split of each, and whether it is among all items.</summary>
    /// <param name="result">A result.json.</param>
    public static IEnumerable<(string Split, bool AmongAll, EvaluationResult Result)> Rankings(JsonObject result)
    {
        foreach (string split in s_splits.Where(split => result.ContainsKey(split + AmongAll)))
            yield return (split, true, Ranking(result, split + AmongAll));
        bool isFull = (string?)result["candidates_from"] == "all";
        foreach (string split in s_splits.Where(split => result.ContainsKey(split) && !isFull))
            yield return (split, false, Ranking(result, split));
    }

    /// <summary>The part of a result about a split.</summary>
    /// <param name="result">A result.json.</param>
    /// <param name="split"><c>valid</c> or <c>test</c>, with or without <see cref="AmongAll"/>.</param>
    public static EvaluationResult Ranking(JsonObject result, string split)
    {
        JsonObject told = result[split]?.AsObject() ?? throw new ArgumentException($"the result has no part '{split}'", nameof(split));
        Dictionary<string, double> means = told.Where(entry => entry.Key != "users")
            .ToDictionary(entry => entry.Key, entry => (double?)entry.Value ?? 0);
        return new EvaluationResult((int?)told["users"] ?? 0, means, new Dictionary<string, double[]>());
    }

    /// <summary>Whether a result has everything that <see cref="Rankings"/> reads, and a number for every metric.</summary>
    /// <param name="result">The parsed result.</param>
    /// <param name="experiment">Its record.</param>
    /// <param name="metrics">The metrics that it must contain.</param>
    public static bool IsWhole(JsonObject result, Experiment experiment, IReadOnlyList<Metric> metrics)
    {
        string[] present = [.. s_splits.Concat(s_splits.Select(split => split + AmongAll)).Where(result.ContainsKey)];
        bool isEvaluated = IsRanking(result["test"]) && metrics.All(metric => result["test"]?[metric.Name] is not null);
        return result["sources"] is JsonArray && JsonNode.DeepEquals(result["candidates_from"], CandidatesFrom(experiment))
            && present.All(part => IsRanking(result[part]) && HasSameMetrics(result, part))
            && (isEvaluated || (!result.ContainsKey("test") && result["not_evaluated"] is JsonValue why && why.TryGetValue(out string? _)));
    }

    // One table shows all rankings, so all need the same metrics.
    private static bool HasSameMetrics(JsonObject result, string part) => result["test"] is not JsonObject test
        || (result[part] is JsonObject ranking && ranking.Select(entry => entry.Key).SequenceEqual(test.Select(entry => entry.Key)));

    // "given" for given lists; validation items are then ranked among sampled items.
    private static JsonNode? CandidatesFrom(Experiment experiment) => experiment.HasGivenLists
        ? NamedRanking.Given : JsonSerializer.SerializeToNode(experiment.CandidatesFrom, Experiment.JsonOptions);

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
