// The engine's speed in one table, all measured in one run on one machine: training, evaluation and meta-learning, on one thread and on
// all; the machine's peak rates; and the peers of bench/Peers on the same samples. Every round measures all of these in turn, and a figure
// is the median over the rounds, so that a temporary slowdown of the machine affects the engine, the peers and the peak rates alike.

using System.Diagnostics;
using System.Globalization;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Summary;

/// <summary>Measures and prints.</summary>
internal static class SpeedSummary
{
    // nmf's dense layers, 16-64-32-16-8 and the output: three products of 3,728 multiply-adds each, forward and backward.
    private const double FlopsPerSample = 22_400;

    private const string Target = "ca";

    /// <summary>Measures for some minutes and prints the table.</summary>
    /// <param name="isShort">Whether to measure one round instead of five, and peers for one second instead of three.</param>
    /// <param name="output">Receives the table.</param>
    /// <param name="error">Receives progress.</param>
    public static void Print(bool isShort, TextWriter output, TextWriter error)
    {
        IReadOnlyList<Market> markets = BenchMarkets.Load();
        int rounds = isShort ? 1 : 5;
        IReadOnlyList<int> counts = BenchDevice.ThreadCounts;
        using PeerSamples samples = new(markets);
        error.WriteLine("warming up");
        MeasureEngine(1, markets);
        List<MachineCeilings> ceilingRounds = [];
        List<EngineSpeed> engineRounds = [];
        List<PeerResult> peerRounds = [];
        for (int round = 1; round <= rounds; round++)
        {
            foreach (int threads in counts)
            {
                error.WriteLine($"round {round} of {rounds}, {threads} threads");
                ceilingRounds.Add(MachineCeilings.Measure(threads));
                engineRounds.Add(MeasureEngine(threads, markets));
                peerRounds.AddRange(((string[])["run-pytorch.sh", "run-torchsharp.sh"]).Select(
                    script => Peer.Run(script, samples, threads, isShort ? 1 : 3)));
            }
        }

        EngineSpeed[] engine = [.. counts.Select(threads => Median([.. engineRounds.Where(speed => speed.Threads == threads)]))];
        IEnumerable<PeerResult> medians =
            peerRounds.GroupBy(peer => (peer.Name, peer.Threads)).Select(peer => PeerResult.Median([.. peer]));
        PeerResult[] peers = [.. medians.OrderBy(peer => peer.Name)];
        Dictionary<int, MachineCeilings> ceilings =
            counts.ToDictionary(threads => threads, threads => Median([.. ceilingRounds.Where(ceiling => ceiling.Threads == threads)]));
        using SimdDevice device = new(1);
        output.Write($"{BenchMarkets.Description}; {device.Name}, {Environment.ProcessorCount} cores, .NET {Environment.Version}; ");
        output.WriteLine(Text($"{DateTime.UtcNow:yyyy-MM-dd}; median of {rounds} rounds"));
        output.WriteLine();
        output.WriteLine(
            "| nmf++ on ca with uk, batch 1024, dense Adam, sampling included | threads | samples/s | of the FMA peak | ForecEngine is |");
        output.WriteLine("| :-- | --: | --: | --: | --: |");
        foreach (EngineSpeed speed in engine)
        {
            string share = Share(speed.SamplesPerSecond, speed.Threads);
            output.WriteLine(Text($"| ForecEngine | {speed.Threads} | {Rate(speed.SamplesPerSecond)} | {share} | |"));
        }

        Rows("training", speed => speed.SamplesPerSecond, rate => Share(rate.Rate, rate.Threads));
        output.WriteLine();
        output.WriteLine("| first-order MAML, 20 shots, two markets | threads | iterations/s | | ForecEngine is |");
        output.WriteLine("| :-- | --: | --: | --: | --: |");
        foreach (EngineSpeed speed in engine)
            output.WriteLine(Text($"| ForecEngine | {speed.Threads} | {Rate(speed.MetaIterationsPerSecond)} | | |"));
        Rows("fomaml", speed => speed.MetaIterationsPerSecond, _ => "");
        output.WriteLine();
        output.WriteLine("| evaluation: users x candidates | threads | seconds | lists/s |");
        output.WriteLine("| :-- | --: | --: | --: |");
        foreach (EngineSpeed speed in engine)
        {
            double rate = speed.Users / speed.EvaluationSeconds;
            output.WriteLine(Text($"| {speed.Users:N0} x 100 | {speed.Threads} | {speed.EvaluationSeconds:F3} | {rate:N0} |"));
        }

        output.WriteLine();
        output.WriteLine("| this machine | threads | multiply-adds, GFLOP/s | copy, GB/s |");
        output.WriteLine("| :-- | --: | --: | --: |");
        foreach (MachineCeilings ceiling in ceilings.Values)
            output.WriteLine(Text($"| ceilings | {ceiling.Threads} | {ceiling.FmaGflops:F1} | {ceiling.CopyGbps:F1} |"));

        output.WriteLine();
        LinearAlgebraSummary.Print(isShort, output, error);
        output.WriteLine();
        ForecPlusSummary.Print(isShort, output, error);

        string Share(double samplesPerSecond, int threads) =>
            Text($"{100 * samplesPerSecond * FlopsPerSample / 1e9 / ceilings[threads].FmaGflops:F1}%");

        void Rows(string what, Func<EngineSpeed, double> ours, Func<PeerFigure, string> share)
        {
            foreach (PeerResult peer in peers)
            {
                if (peer.Figures.FirstOrDefault(figure => figure.What == what) is not { } rate)
                {
                    output.WriteLine($"| {peer.Name} | {peer.Threads} | not measured: {peer.Missing} | | |");
                    continue;
                }

                double factor = ours(engine.Single(speed => speed.Threads == rate.Threads)) / rate.Rate;
                output.WriteLine(Text($"| {rate.Library} | {rate.Threads} | {Rate(rate.Rate)} | {share(rate)} | {factor:F1} x |"));
            }

            IEnumerable<PeerFigure> figures = peers.SelectMany(peer => peer.Figures).Where(figure => figure.What == what);
            if (figures.MaxBy(figure => figure.Rate) is { } best)
            {
                output.Write($"| best of ForecEngine over the best peer, {best.Library} on {best.Threads} | | | | ");
                output.WriteLine(Text($"{engine.Max(ours) / best.Rate:F1} x |"));
            }
        }
    }

    // The rate of a slow peer, below 1 per second, is not printed as 0.
    private static string Rate(double rate) =>
        rate.ToString(rate >= 100 ? "N0" : rate >= 1 ? "N1" : "0.####", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // An epoch of gmf++, mlp++, nmf++ and maml; the last two are reported.
    private static EngineSpeed MeasureEngine(int threads, IReadOnlyList<Market> markets)
    {
        using SimdDevice device = new(threads);
        TrainingSettings settings = new() { Gradient = new() { Epochs = 1 } };
        string[] sources = [.. markets.Select(market => market.Name).Where(name => name != Target)];
        Experiment experiment = new() { Method = "maml", Preset = "paper", Target = Target, Sources = sources, Settings = settings };
        ExperimentOutcome outcome = new ExperimentRunner(device, threads).Run(experiment, markets, null, Metric.Default);
        PhaseResult training = outcome.Phases.Single(phase => phase.Name == "nmf++");
        PhaseResult meta = outcome.Phases.Single(phase => phase.Name == "maml");

        PlacedMarket target = outcome.Markets.Single(market => market.Market.Name == Target);
        IReadOnlyList<CandidateList> lists =
            SampledCandidates.Draw(target.Market, Split.Test, experiment.Seed, experiment.EvaluationNegatives);
        Ranker ranker = new(Metric.Default, threads);
        long start = Stopwatch.GetTimestamp();
        int users = ranker.Rank(outcome.Model.Scorer(device, target.Index), target, lists).Result.Users;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // In an iteration every market has two batches, each of the size of a support set.
        double iterations = meta.Samples / (2.0 * settings.MetaLearning.SupportSize * markets.Count);
        return new(threads, training.Samples / training.Seconds, iterations / meta.Seconds, users, seconds);
    }

    private static EngineSpeed Median(IReadOnlyList<EngineSpeed> rounds) => new(
        rounds[0].Threads,
        rounds.Median(speed => speed.SamplesPerSecond),
        rounds.Median(speed => speed.MetaIterationsPerSecond),
        rounds[0].Users,
        rounds.Median(speed => speed.EvaluationSeconds));

    private static MachineCeilings Median(IReadOnlyList<MachineCeilings> rounds) =>
        new(rounds[0].Threads, rounds.Median(ceiling => ceiling.FmaGflops), rounds.Median(ceiling => ceiling.CopyGbps));

    private sealed record EngineSpeed(
        int Threads, double SamplesPerSecond, double MetaIterationsPerSecond, int Users, double EvaluationSeconds);
}
