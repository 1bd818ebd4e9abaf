// The speed of forec+: the training of its item bags beside the same model on PyTorch, and the whole method for every market of a
// directory.

using System.Diagnostics;
using System.Globalization;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Summary;

/// <summary>Measures and prints.</summary>
internal static class ForecPlusSummary
{
    private const string Target = "ca";

    /// <summary>Measures for some minutes and prints the tables.</summary>
    /// <param name="isShort">Whether to measure one round instead of five, and the peer for one second instead of three.</param>
    /// <param name="output">Receives the tables.</param>
    /// <param name="error">Receives progress.</param>
    public static void Print(bool isShort, TextWriter output, TextWriter error)
    {
        Market market = BenchMarkets.Load().Single(market => market.Name == Target);
        List<(int Threads, double Rate)> engine = [];
        List<PeerResult> peers = [];
        int rounds = isShort ? 1 : 5;
        for (int round = 0; round <= rounds; round++) // the first warms up
        {
            foreach (int threads in BenchDevice.ThreadCounts)
            {
                error.WriteLine(round == 0 ? "item bags: warming up" : $"item bags: round {round} of {rounds}, {threads} threads");
                double rate = UsersPerSecond(market, threads);
                if (round == 0)
                    continue;
                engine.Add((threads, rate));
                peers.Add(Peer.Run(
                    "run-item-bag.sh", threads, [("--items", market.PoolSize), ("--seconds", isShort ? 1 : 3)], []));
            }
        }

        output.WriteLine(Text(
            $"| item bag, 128 users x {market.PoolSize:N0} items, dimension 128 | threads | users/s | PyTorch | ForecEngine is |"));
        output.WriteLine("| :-- | --: | --: | --: | --: |");
        foreach (int threads in BenchDevice.ThreadCounts)
        {
            double ours = engine.Where(speed => speed.Threads == threads).ToArray().Median(speed => speed.Rate);
            PeerResult peer = PeerResult.Median([.. peers.Where(peer => peer.Threads == threads)]);
            output.WriteLine(peer.Figures is [{ } figure]
                ? Text($"| {figure.Library} | {threads} | {ours:N0} | {figure.Rate:N0} | {ours / figure.Rate:F1} x |")
                : Text($"| ForecEngine | {threads} | {ours:N0} | not measured: {peer.Missing} | |"));
        }

        if (BenchMarkets.Directory is { } directory)
            PrintWhole(directory, output, error);
    }

    // Joint phases are trained once, for the first target.
    private static void PrintWhole(string directory, TextWriter output, TextWriter error)
    {
        DirectoryInfo cache = Directory.CreateTempSubdirectory("forec-stages-");
        try
        {
            string[] names = [.. MarketFiles.Names(directory)];
            int threads = Environment.ProcessorCount;
            Dictionary<string, double> seconds = [];
            List<double> sampled = [], full = [];
            long start = Stopwatch.GetTimestamp();
            foreach (string name in names)
            {
                error.WriteLine($"forec+ for {name}");
                DataRequest request = new(
                    MarketFiles.Find(name, directory),
                    [.. names.Where(other => other != name).Select(other => MarketFiles.Find(other, directory))]);
                TrainingSettings settings = Preset.Find(Preset.Default).For(PlanCatalog.Find("forec+"));
                ExperimentData data = ExperimentData.Load(request, settings, Preset.ProtocolOf(Preset.Default));
                using SimdDevice device = new(threads);
                StageStore stages = new(cache.FullName, run: null);
                ExperimentOutcome outcome = new ExperimentRunner(device, threads, stages, keepScores: false).Run(
                    data.Record("forec+", Preset.Default, settings), data.Markets);
                foreach (PhaseResult phase in outcome.Phases.Where(phase => !phase.Cached))
                    seconds[phase.Name] = seconds.GetValueOrDefault(phase.Name) + phase.Seconds;
                sampled.Add(outcome.Test!.Result.Means[Metric.NdcgAt10.Name]);
                full.Add(outcome.TestAmongAll!.Result.Means[Metric.NdcgAt10.Name]);
            }

            double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
            output.WriteLine();
            output.WriteLine(Text($"| forec+ for {string.Join(", ", names)}, {threads} threads | seconds |"));
            output.WriteLine("| :-- | --: |");
            foreach ((string phase, double spent) in seconds)
                output.WriteLine(Text($"| {phase} | {spent:F1} |"));
            output.WriteLine(Text($"| reading, stages' files and ranking | {all - seconds.Values.Sum():F1} |"));
            output.WriteLine(Text($"| all; mean nDCG@10 {sampled.Average():F3} among 99, {full.Average():F3} among all | {all:F1} |"));
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static double UsersPerSecond(Market market, int threads)
    {
        using SimdDevice device = new(threads);
        TrainingSettings settings = new() { History = new() { BagEpochs = 2 } };
        Experiment experiment = new() { Method = "item-bag", Preset = Preset.Default, Target = market.Name, Settings = settings };
        PhaseResult phase = new ExperimentRunner(device, threads) { RanksTest = false }.Run(experiment, [market]).Phases[0];
        return phase.Samples / phase.Seconds;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
