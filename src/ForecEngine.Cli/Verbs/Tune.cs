// forec tune: searches a declared space for the settings that are best on validation, and writes them as a preset.

using System.Text.Json;
using ForecEngine.Cli.Tuning;

namespace ForecEngine.Cli.Verbs;

internal static class Tune
{
    private const string PresetName = "preset.json", RecordName = "search.json";
    private const int DefaultTrials = 20, LongestTable = 10;

    public static void Run(TuneArguments arguments, Terminal terminal)
    {
        SearchSpace space = SpaceFile.Read(arguments.Space);
        int trials = OptionValue.Between("--trials", arguments.Trials, 1, SpaceFile.LargestSearch) ?? space.Trials ?? DefaultTrials;
        SearchKind kind = OptionValue.OneOf("--search", arguments.Search, space.Search ?? SearchKind.Random);
        if (kind == SearchKind.SuccessiveHalving && space.Halving is null)
            throw new CommandLineException($"--search: {arguments.Space} has no successive-halving, which names eta, resource and rungs");
        ulong seed = OptionValue.Seed("--seed", arguments.Seed) ?? Experiment.DefaultSeed;
        int jobs = OptionValue.Between("--jobs", arguments.Jobs, 1, 1024)
            ?? Math.Max(1, Environment.ProcessorCount / (arguments.TrialThreads ?? 1));
        DeviceChoice.Create(arguments).Dispose(); // refuses an unknown device
        JsonOutput json = new(arguments, terminal);
        terminal.Interruption.HowToContinue = () => $"continue with: {terminal.Interruption.Command("--resume")}";
        using RunDirectory directory = OutDirectory.Open(arguments.Out, terminal, [PresetName, RecordName]);
        TrialRuns runs = new(space, arguments, terminal);
        Search search = new(space, kind, trials, seed);
        runs.Require(search);
        JsonObject record = Record(space, kind, trials, seed, runs.Digests, arguments);
        Begin(arguments, record, terminal);

        IReadOnlyList<Trial> ranking = terminal.Interruption.Saving(stop => terminal.Follow(report =>
            Measure(space, search, runs, new TrialFolder(arguments.Out), jobs, report, terminal, stop)));
        Trial best = ranking[0];
        if (best.Last.Mean is not { } score)
            throw new TrialException($"all {trials} trials failed; trial {best.Number + 1}: {best.Last.Failure}");
        PresetFile preset = new()
        {
            Name = space.Name,
            Base = space.Base,
            Settings = runs.Settings(search.Options(best.Number, search.Rungs[^1])),
            Found = Found(record, space, ranking, score),
        };
        string path = Path.Combine(arguments.Out, PresetName);
        Print(preset, space, ranking, score, path, terminal.Output);
        try
        {
            ResultFile.Write(path, preset.ToJson());
        }
        finally
        {
            json.Write(preset.ToJson);
        }
    }

    private static IReadOnlyList<Trial> Measure(
        SearchSpace space, Search search, TrialRuns runs, TrialFolder folder, int jobs, Action<TrainingProgress>? report,
        Terminal terminal, CancellationToken stop)
    {
        TrainingSchedule schedule = new([.. search.Rungs.Select((rung, place) => new ScheduledPhase(
            search.Rungs.Count == 1 ? "trials" : $"rung {place + 1}", rung.Work))]);
        TuneProgress progress = new(terminal, space.Metric, schedule, report);
        TrialPool pool = new(folder, space.Metric, jobs, progress, terminal);
        return search.Run((rung, trials) =>
        {
            (int, IReadOnlyList<OptionSetting>, IReadOnlyList<TrialRun> Runs)[] measured =
            [
                .. trials.Select(trial => (trial, search.Options(trial, rung),
                    runs.Of(search.Options(trial, rung), rung.Targets, rung.Seeds))),
            ];
            progress.Begin(measured);
            IReadOnlyDictionary<string, RunResult> results =
                pool.Run([.. measured.SelectMany(trial => trial.Runs).DistinctBy(run => run.Digest)], stop);
            return [.. measured.Select(trial => Score.Of(trial.Runs.Select(run => results[run.Digest])))];
        });
    }

    // Everything that determines the preset.
    private static JsonObject Record(
        SearchSpace space, SearchKind kind, int trials, ulong seed, IReadOnlyDictionary<string, string> digests, TuneArguments arguments)
    {
        JsonObject record = new()
        {
            ["schema"] = "forec.search/1",
            ["engine"] = ForecTool.Version,
            ["search"] = OptionValue.Names(typeof(SearchKind))[(int)kind],
            ["trials"] = trials,
            ["seed"] = seed,
            ["data"] = JsonSerializer.SerializeToNode(digests),
            ["space"] = space.Json.DeepClone(),
        };
        if (arguments.Arithmetic is { } arithmetic)
            record["device"] = arithmetic;
        return record;
    }

    // Continues the same search, and refuses to mix two.
    private static void Begin(TuneArguments arguments, JsonObject record, Terminal terminal)
    {
        string path = Path.Combine(arguments.Out, RecordName);
        if (Differences(path, record) is { } differences)
        {
            string problem = $"--out: {arguments.Out} has another search ({differences})";
            if (!arguments.Force)
                throw new IOException($"{problem}; --force replaces it");
            terminal.Warn($"{problem}; it is replaced");
            File.Delete(Path.Combine(arguments.Out, PresetName));
        }
        else if (arguments.Resume && !File.Exists(path))
        {
            terminal.Warn($"--resume: {arguments.Out} has no search; it begins now");
        }

        ResultFile.Write(path, record);
    }

    // Null for the same search, or none.
    private static string? Differences(string path, JsonObject record)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            JsonObject there = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? [];
            string[] keys = [.. record.Select(entry => entry.Key).Union(there.Select(entry => entry.Key))
                .Where(key => !JsonNode.DeepEquals(there[key], record[key]))];
            return keys.Length == 0 ? null : string.Join("; ", keys.Select(key => there[key] is JsonObject || record[key] is JsonObject
                ? $"{key} differs"
                : $"{key}: {there[key]?.ToJsonString() ?? "none"} there, {record[key]?.ToJsonString() ?? "none"} here"));
        }
        catch (JsonException)
        {
            return $"{RecordName} is damaged";
        }
    }

    private static JsonObject Found(JsonObject record, SearchSpace space, IReadOnlyList<Trial> ranking, double score)
    {
        JsonObject found = record.DeepClone().AsObject();
        found.Remove("schema");
        found["metric"] = $"valid {space.Metric.Name}";
        found["trial"] = ranking[0].Number + 1;
        found["score"] = score;
        found["ranking"] = new JsonArray([.. ranking.Select(JsonNode (trial) =>
        {
            JsonObject line = new()
            {
                ["trial"] = trial.Number + 1,
                ["options"] = new JsonObject(
                    trial.Options.Select(drawn => KeyValuePair.Create(drawn.Option.Name, (JsonNode?)drawn.Value))),
                ["scores"] = new JsonArray([.. trial.Scores.Select(each => (JsonNode?)each.Mean)]),
            };
            if (trial.Last.Failure is { } failure)
                line["failed"] = failure;
            return line;
        })]);
        return found;
    }

    private static void Print(
        PresetFile preset, SearchSpace space, IReadOnlyList<Trial> ranking, double score, string path, TextWriter output)
    {
        output.WriteLine($"preset {preset.Id} from {preset.Base}: trial {ranking[0].Number + 1} of {ranking.Count}, "
            + $"valid {space.Metric.Name} {ResultTable.Metric(score)}, in {path}");
        ResultTable.Write(
            output, ["trial", $"valid {space.Metric.Name}", "rungs", .. space.Dimensions.Select(dimension => dimension.Option.Name)],
            ranking.Take(LongestTable).Select(trial => (string[])
            [
                $"{trial.Number + 1}", trial.Last.Mean is { } mean ? ResultTable.Metric(mean) : "failed", $"{trial.Scores.Count}",
                .. trial.Options.Select(option => option.Value),
            ]));
        if (ranking.Count > LongestTable)
            output.WriteLine($"and {Counted.Of(ranking.Count - LongestTable, "other trial")}");
    }
}
