// What a market of one size costs, from its file to its ranking, as a user meets it: read and prepared, trained by nmf's plan
// with lazy Adam, every user's candidates ranked; then iterations of first-order MAML on tables of that size.

using System.Diagnostics;
using System.Text.Json;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Scale;

/// <summary>The figures of a market of one size.</summary>
/// <param name="Rows">Its rows, all of which are trained on.</param>
/// <param name="Users">Its users.</param>
/// <param name="Items">Its items.</param>
/// <param name="ReadSeconds">Reading the file and preparing the market.</param>
/// <param name="EpochSamples">Samples of an epoch, negatives included.</param>
/// <param name="EpochSeconds">An epoch of nmf, sampling included.</param>
/// <param name="Lists">How many lists of 100 candidates were ranked: one a user.</param>
/// <param name="EvaluationSeconds">Drawing the candidates, scoring and ranking them.</param>
/// <param name="PeakBytes">The most memory that the process had held until then.</param>
/// <param name="MetaSeconds">An iteration of first-order MAML: two tasks, 20 shots.</param>
internal sealed record ScalePoint(
    int Rows, int Users, int Items, double ReadSeconds, long EpochSamples, double EpochSeconds, int Lists, double EvaluationSeconds,
    long PeakBytes, double MetaSeconds)
{
    private const int Negatives = 99;
    private const int WarmUpRows = 3_000;
    private const int MetaIterations = 20_000;

    // An epoch of a small market is too short to be timed alone.
    private const int LeastSamples = 4_000_000;

    /// <summary>An epoch's time for each of its samples, in nanoseconds.</summary>
    public double SampleNanoseconds => 1e9 * EpochSeconds / EpochSamples;

    /// <summary>The evaluation's time for each candidate, in nanoseconds.</summary>
    public double CandidateNanoseconds => 1e9 * EvaluationSeconds / Lists / (Negatives + 1);

    /// <summary>The reading's time for each row, in nanoseconds.</summary>
    public double RowNanoseconds => 1e9 * ReadSeconds / Rows;

    /// <summary>The figures in one line, for the process that asked for them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Reads such a line.</summary>
    public static ScalePoint FromJson(string line) =>
        JsonSerializer.Deserialize<ScalePoint>(line) ?? throw new InvalidDataException($"'{line}' is no point");

    /// <summary>Measures, in this process, a market of so many rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="threads">The device's threads.</param>
    public static ScalePoint Measure(int rows, int threads)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("forec-scale-");
        try
        {
            using SimdDevice device = new(threads);
            Measure(WarmUpRows, device, directory); // compiles what is measured
            return Measure(rows, device, directory);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static ScalePoint Measure(int rows, SimdDevice device, DirectoryInfo directory)
    {
        SyntheticMarket size = SyntheticMarket.LikeUs(rows);
        string path = Path.Combine(directory.FullName, size.FileName);
        using (FileStream stream = File.Create(path))
            SyntheticMarkets.Write(size, seed: 1, stream);

        long start = Stopwatch.GetTimestamp();
        Market market = Market.Prepare(RatingsReader.Read(size.Name, [path]), SplitRules.TrainOnAll);
        double read = Stopwatch.GetElapsedTime(start).TotalSeconds;

        long epochSamples = (long)rows * (1 + new SampleSettings().Negatives);
        int epochs = rows <= WarmUpRows ? 1 : (int)Math.Max(1, LeastSamples / epochSamples);
        TrainingSettings settings = new() { Gradient = new() { Adam = AdamMode.Lazy, Epochs = epochs } };
        Experiment experiment = new() { Method = "nmf", Preset = "paper", Target = size.Name, Settings = settings };
        ExperimentOutcome outcome = new ExperimentRunner(device, device.Threads, keepScores: false).Run(
            experiment, [market], null, Metric.Default);
        PhaseResult training = outcome.Phases[^1];

        start = Stopwatch.GetTimestamp();
        HeldOutRow[] lasts = LastRows(market);
        Ranker ranker = new(Metric.Default, device.Threads, keepScores: false);
        IReadOnlyList<CandidateList> candidates = SampledCandidates.Draw(market, lasts, "scale", experiment.Seed, Negatives);
        int lists = ranker.Rank(outcome.Model.Scorer(device, 0), outcome.Markets[0], candidates).Result.Users;
        double evaluation = Stopwatch.GetElapsedTime(start).TotalSeconds;

        using Process process = Process.GetCurrentProcess();
        long peak = process.PeakWorkingSet64;
        double meta = rows <= WarmUpRows ? Meta(device, outcome, 1_000) : Meta(device, outcome, MetaIterations);
        return new ScalePoint(
            rows, market.Users.Count, market.Items.Count, read, training.Samples / training.Epochs, training.Seconds / training.Epochs,
            lists, evaluation, peak, meta);
    }

    // The last training row of each user is ranked among items that the user has no row for, to measure time rather than metrics.
    private static HeldOutRow[] LastRows(Market market)
    {
        HeldOutRow[] rows = new HeldOutRow[market.Users.Count];
        for (int row = 0; row < market.TrainUsers.Length; row++)
            rows[market.TrainUsers[row]] = new HeldOutRow(market.TrainUsers[row], market.TrainItems[row], 1);
        return rows;
    }

    // Two tasks over the same tables: what a task is drawn from does not bear on what an iteration costs.
    private static double Meta(SimdDevice device, ExperimentOutcome outcome, int iterations)
    {
        IRecommender model = (IRecommender)outcome.Model;
        MetaLearningSettings settings = new();
        SampleSettings samples = new() { BatchSize = settings.SupportSize };
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, new GradientSettings().L2, AdamMode.Lazy));
        SampleStream[] streams = [.. ((string[])["one", "other"]).Select(
            task => new SampleStream(device, outcome.Markets, samples, seed: 1, task, firstEpoch: 0, kept: 2))];
        MetaProgram program = new(device, model, MetaLearner.Maml, optimiser, streams, settings.InnerLearningRate);
        program.Begin(0, 0, new ParallelOptions());
        long start = 0;
        for (int i = -(iterations / 10); i < iterations; i++)
        {
            if (i == 0)
                start = Stopwatch.GetTimestamp();
            program.Run(i + (iterations / 10), 1);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / iterations;
    }
}
