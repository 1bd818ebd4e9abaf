// forec demo: compares training with and without a large market as source, on the included synthetic markets.

namespace ForecEngine.Cli.Verbs;

internal static class Demo
{
    private const string Source = "uk";
    private static readonly string[] s_targets = ["jp", "in"];
    private static readonly string[] s_methods = ["nmf", "nmf++", "forec"];

    public static void Run(DemoArguments arguments, Terminal terminal)
    {
        ulong seed = OptionValue.Seed("--seed", arguments.Seed) ?? Experiment.DefaultSeed;
        string data = arguments.Data ?? Path.Combine(AppContext.BaseDirectory, "data");
        using IDevice device = DeviceChoice.Create(arguments);
        JsonOutput json = new(arguments, terminal);
        terminal.Output.WriteLine($"The market {Source} is large, {string.Join(" and ", s_targets)} are small.");
        terminal.Output.WriteLine("nmf learns from the small market alone, nmf++ from both; forec meta-learns on both, "
            + "then fine-tunes a fork on the small market.");
        terminal.Output.WriteLine("Each user's last purchase is ranked among 99 other items.");
        List<(string, EvaluationResult)> rows = [];
        foreach (string target in s_targets)
        {
            foreach (string method in s_methods)
            {
                string[] sources = method == "nmf" ? [] : [Source];
                ExperimentOutcome outcome = terminal.Follow(
                    progress => Train(device, DeviceChoice.Threads(arguments), data, method, target, sources, seed, progress));
                RankedLists test = outcome.Test ?? throw new DataFormatException($"{target}: {outcome.NotEvaluated}");
                rows.Add(($"{method} for {target}{(sources.Length > 0 ? $" with {Source}" : "")}", test.Result));
            }
        }

        RankingTable.Write(terminal.Output, ["method"], [.. rows.Select(row => ((IReadOnlyList<string>)[row.Item1], row.Item2))]);
        for (int method = 1; method < s_methods.Length; method++)
        {
            string gains = string.Join(", ", s_targets.Select((target, i) => string.Create(
                CultureInfo.InvariantCulture, $"{target} {Of((i * s_methods.Length) + method) - Of(i * s_methods.Length):+0.000;-0.000}")));
            terminal.Output.WriteLine($"nDCG@10 that {s_methods[method]} with {Source} adds to {s_methods[0]}: {gains}");
        }
        json.Write(() => new JsonObject
        {
            ["schema"] = "forec.demo/1",
            ["seed"] = seed,
            ["rows"] = new JsonArray([.. rows.Select(JsonNode (row) => ResultFile.WithRanking(new() { ["name"] = row.Item1 }, row.Item2))]),
        });

        double Of(int row) => rows[row].Item2.Means[Metric.NdcgAt10.Name];
    }

    private static ExperimentOutcome Train(
        IDevice device, int threads, string directory, string method, string target, string[] sources, ulong seed,
        Action<TrainingProgress>? progress)
    {
        const string PresetName = "paper";
        ExperimentData data = ExperimentData.Load(
            new DataRequest(MarketFiles.Find(target, directory), [.. sources.Select(source => MarketFiles.Find(source, directory))],
                CandidatesFrom: CandidatesFrom.Sampled),
            Preset.Find(PresetName), Preset.ProtocolOf(PresetName));
        Experiment experiment = data.Record(method, PresetName, seed: seed);
        return new ExperimentRunner(device, threads, keepScores: false).Run(experiment, data.Markets, progress: progress);
    }
}
