// Measures a market of one size: reading and preparing it, training nmf's plan with lazy Adam, ranking every user's candidates, and
// iterations of first-order MAML on tables of that size.

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
/// <param name="Rows">The number of rows, all for training.</param>
/// <param name="Users">Its users.</param>
/// <param name="Items">Its items.</param>
/// <param name="ReadSeconds">Reading the file and preparing the market.</param>
/// <param name="EpochSamples">Samples of an epoch, including negatives.</param>
/// <param name="EpochSeconds">An epoch of nmf, including sampling.</param>
/// <param name="Lists">The number of ranked lists of 100 candidates, one per user.</param>
/// <param name="EvaluationSeconds">Drawing the candidates, scoring and ranking them.</param>
/// <param name="PeakBytes">The peak memory of the process so far.</param>
/// <param name="MetaSeconds">An iteration of first-order MAML: two tasks, 20 shots.</param>
internal sealed record ScalePoint(
    int Rows, int Users, int Items, double ReadSeconds, long EpochSamples, double EpochSeconds, int Lists, double EvaluationSeconds,
    long PeakBytes, double MetaSeconds)
{
    private const int Negatives = 99;
    private const int WarmUpRows = 3_000;
    private const int MetaIterations = 20_000;

    // An epoch of a small market is too short to time alone.
    private const int LeastSamples = 4_000_000;

    /// <summary>The time of an epoch per sample, in nanoseconds.</summary>
    public double SampleNanoseconds => 1e9 * EpochSeconds / EpochSamples;

    /// <summary>The time of the evaluation per candidate, in nanoseconds.</summary>
    public double CandidateNanoseconds => 1e9 * EvaluationSeconds / Lists / (Negatives + 1);

    /// <summary>The time of reading per row, in nanoseconds.</summary>
    public double RowNanoseconds => 1e9 * ReadSeconds / Rows;

    /// <summary>The figures in one line, for the parent process.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Reads such a line.</summary>
    public static ScalePoint FromJson(string line) =>
        JsonSerializer.Deserialize<ScalePoint>(line) ?? throw new InvalidDataException($"'{line}' is not a line of figures");

    /// <summary>Measures a market in this process.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="users">The number of users.</param>
    /// <param name="threads">The number of threads.</param>
    public static ScalePoint Measure(int rows, int users, int threads)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("forec-scale-");
        try
        {
            using SimdDevice device = new(threads);
            Measure(SyntheticMarket.LikeUs(WarmUpRows), device, directory); // compiles the code to measure
            return Measure(SyntheticMarket.LikeUs(rows) with { Users = users }, device, directory);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static ScalePoint Measure(SyntheticMarket size, SimdDevice device, DirectoryInfo directory)
    {
        int rows = size.Ratings;
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

    // Two tasks over the same tables: the cost of an iteration does not depend on the tasks' samples.
    private static double Meta(SimdDevice device, ExperimentOutcome outcome, int iterations)
    {
        IRecommender model = (IRecommender)outcome.Model;
        MetaLearningSettings settings = new();
        SampleSettings samples = new() { BatchSize = settings.SupportSize };
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, new GradientSettings().L2, AdamMode.Lazy));
        SampleStream[] streams = [.. ((string[])["one", "other"]).Select(
            task => new SampleStream(device, outcome.Markets, samples, seed: 1, task, firstEpoch: 0))];
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
