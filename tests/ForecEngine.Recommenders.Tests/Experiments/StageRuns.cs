// Runs small experiments with a stage store: the common part of the tests of stages.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public abstract class StageRuns : IDisposable
{
    private protected static TrainingSettings Settings { get; } =
        new() { Gradient = new() { Epochs = 3 }, Samples = new() { BatchSize = 256 }, Fork = new() { BatchSize = 64 } };

    private protected TemporaryDirectory Folder { get; } = new();

    private protected List<string> Said { get; } = [];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected StageStore Cache() => new(Folder.Root, null, resumes: false, TimeSpan.Zero, Said.Add, Said.Add);

    private protected StageStore Own(bool resumes) => new(null, Folder.Root, resumes, TimeSpan.Zero, Said.Add, Said.Add);

    private protected static IReadOnlyList<Phase> PhasesOf(string method) => PlanCatalog.Find(method).Phases;

    private protected static void Same(ExperimentOutcome expected, ExperimentOutcome found)
    {
        Assert.Equal(
            expected.Network().Parameters.Select(p => p.Value.Values.Span.ToArray()),
            found.Network().Parameters.Select(p => p.Value.Values.Span.ToArray()));
        Assert.Equal(expected.Tested().Scores, found.Tested().Scores);
        Assert.Equal(expected.Valid?.Result.Means, found.Valid?.Result.Means);
        Assert.Equal(expected.Optimiser?.Steps, found.Optimiser?.Steps);
        Assert.Equal(
            Kept(expected), Kept(found), (a, b) => a.Name == b.Name && a.Values.SequenceEqual(b.Values));

        static (string Name, Real[] Values)[] Kept(ExperimentOutcome outcome) =>
            [.. (outcome.Optimiser?.State ?? []).Select(tensor => (tensor.Name, tensor.Values.Span.ToArray()))];
        Assert.Equal(
            expected.Phases.Select(p => p with { Seconds = 0, FirstEpochSeconds = 0, Cached = false }),
            found.Phases.Select(p => p with { Seconds = 0, FirstEpochSeconds = 0, Cached = false }));
    }

    private protected static ExperimentOutcome Run(
        string method, string target = "jp", string source = "uk", TrainingSettings? options = null, ulong seed = 1, ulong dataSeed = 1,
        StageStore? stages = null, Action<TrainingProgress>? progress = null, CancellationTokenSource? stopping = null,
        IDevice? on = null, string arithmetic = "cpu", int negatives = 15, HistoryRows history = HistoryRows.Train)
    {
        using SimdDevice simd = new(1);
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = target,
            Sources = [source],
            Settings = options ?? Settings,
            Seed = seed,
            EvaluationNegatives = negatives,
            History = history,
            Arithmetic = arithmetic,
        };
        return new ExperimentRunner(on ?? simd, stages: stages, stop: stopping?.Token ?? default).Run(
            experiment,
            [.. ((string[])[target, source]).Select(name => TestMarkets.Prepared(name, dataSeed, users: name == "uk" ? 40 : 30))],
            null, Metric.Default, progress);
    }
}
