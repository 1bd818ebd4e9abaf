// forec compare: compares finished runs.

namespace ForecEngine.Cli.Verbs;

internal static class Compare
{
    private const int FewestResamples = 100, MostResamples = 10_000_000;

    public static void Run(CompareArguments arguments, Terminal terminal)
    {
        ComparisonOptions defaults = new();
        ComparisonOptions options = new()
        {
            Split = Word("--split", arguments.Split, "test", "valid"),
            Candidates = arguments.CandidatesFrom is null ? null
                : Word("--candidates-from", arguments.CandidatesFrom, NamedRanking.AllItems, NamedRanking.Sampled, NamedRanking.Given),
            Metrics = MarketChoice.Metrics(arguments),
            Resamples = OptionValue.Between("--resamples", arguments.Resamples, FewestResamples, MostResamples) ?? defaults.Resamples,
            Seed = OptionValue.Seed("--seed", arguments.Seed) ?? defaults.Seed,
            WithFirst = OptionValue.Either("--pairs", arguments.Pairs, "first", "all") ?? defaults.WithFirst,
        };
        JsonOutput json = new(arguments, terminal);
        string[] paths = [.. arguments.Runs.SelectMany(Match)];
        RunComparison comparison = RunComparison.Of([.. paths.Select(ComparedRun.Read)], options, Environment.ProcessorCount);
        Print(comparison, options, terminal);
        json.Write(() => ToJson(comparison, options));
    }

    private static string Word(string option, string text, params string[] words) => words.Contains(text.ToLowerInvariant())
        ? text.ToLowerInvariant()
        : throw new CommandLineException($"{option}: '{text}' is not one of {string.Join(", ", words)}");

    // The directories that a path with wildcards in its last part matches, in the order of their names.
    private static IEnumerable<string> Match(string path)
    {
        path = path.TrimEnd('/');
        if (Directory.Exists(path))
            return [path];
        string name = Path.GetFileName(path), folder = Path.GetDirectoryName(path) is { Length: > 0 } own ? own : ".";
        string[] found = name.IndexOfAny(['*', '?']) >= 0 && Directory.Exists(folder) ? Directory.GetDirectories(folder, name) : [];
        return found.Length > 0
            ? found.Order(StringComparer.Ordinal)
            : throw new DataFormatException($"{path}: no such directory; expects the --out of a run");
    }

    private static void Print(RunComparison comparison, ComparisonOptions options, Terminal terminal)
    {
        Experiment experiment = comparison.Systems[0].Runs[0].Experiment;
        terminal.Output.WriteLine($"{options.Split} of {experiment.Target}, {Counted.Of(comparison.Users, "user")}; "
            + $"95 % intervals of {Counted.Of(options.Resamples, "resample")} over users and seeds");
        ResultTable.Write(terminal.Output, ["system", "method", "preset", "seeds"], comparison.Systems.Select(system => (string[])
        [
            system.Name, system.Runs[0].Experiment.Method, system.Runs[0].Experiment.Preset,
            string.Join(' ', system.Runs.Select(run => run.Experiment.Seed)),
        ]), left: 4);
        ResultTable.Write(terminal.Output, ["system", "candidates", "metric", "mean", "95 % interval"],
            comparison.Means.Select(mean => (string[])
            [
                mean.System, mean.Candidates, mean.Metric, ResultTable.Metric(mean.Mean),
                $"{ResultTable.Metric(mean.Interval.From)} to {ResultTable.Metric(mean.Interval.To)}",
            ]), left: 3);
        if (comparison.Pairs.Count == 0)
        {
            terminal.Say("one system: its runs differ by the seed alone, so there is nothing to compare");
            return;
        }

        ResultTable.Write(terminal.Output, ["pair", "candidates", "metric", "difference", "95 % interval", "t", "p", "p by Holm"],
            comparison.Pairs.Select(pair => (string[])
            [
                $"{pair.Second} - {pair.First}", pair.Candidates, pair.Metric, Signed(pair.Test.Difference),
                $"{Signed(pair.Interval.From)} to {Signed(pair.Interval.To)}", Statistic(pair.Test.T), P(pair.Test.P), P(pair.HolmP),
            ]), left: 3);
    }

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);

    private static string Statistic(double t) => double.IsInfinity(t) ? "infinite" : t.ToString("F2", CultureInfo.InvariantCulture);

    private static string P(double p) => p is > 0 and < 1e-4 ? "< 0.0001" : ResultTable.Metric(p);

    private static JsonObject ToJson(RunComparison comparison, ComparisonOptions options) => new()
    {
        ["schema"] = "forec.comparison/1",
        ["split"] = options.Split,
        ["users"] = comparison.Users,
        ["resamples"] = options.Resamples,
        ["seed"] = options.Seed,
        ["systems"] = new JsonArray([.. comparison.Systems.Select(JsonNode (system) => new JsonObject
        {
            ["name"] = system.Name,
            ["method"] = system.Runs[0].Experiment.Method,
            ["preset"] = system.Runs[0].Experiment.Preset,
            ["runs"] = new JsonArray([.. system.Runs.Select(run => JsonValue.Create(run.Path))]),
            ["seeds"] = new JsonArray([.. system.Runs.Select(run => JsonValue.Create(run.Experiment.Seed))]),
        })]),
        ["means"] = new JsonArray([.. comparison.Means.Select(JsonNode (mean) => new JsonObject
        {
            ["system"] = mean.System,
            ["candidates"] = mean.Candidates,
            ["metric"] = mean.Metric,
            ["mean"] = mean.Mean,
            ["interval"] = ToJson(mean.Interval),
        })]),
        ["pairs"] = new JsonArray([.. comparison.Pairs.Select(JsonNode (pair) => new JsonObject
        {
            ["first"] = pair.First,
            ["second"] = pair.Second,
            ["candidates"] = pair.Candidates,
            ["metric"] = pair.Metric,
            ["difference"] = pair.Test.Difference,
            ["interval"] = ToJson(pair.Interval),
            ["t"] = double.IsFinite(pair.Test.T) ? pair.Test.T : null,
            ["p"] = pair.Test.P,
            ["p_holm"] = pair.HolmP,
        })]),
    };

    private static JsonArray ToJson(Interval interval) => [interval.From, interval.To];
}
