// Whole trainings: a GPU rounds otherwise than the processor, and training amplifies differences. This tests that a GPU's results differ
// from the processor's by about as much as the processor's own results do if the last bits of initial values change.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Cli.Tests.Gpu;

[Collection(nameof(GpuTestCollection))]
public sealed class TrainedResultTests(GpuDevices devices)
{
    private const int Runs = 10;
    private const double Change = 2e-7;

    [Theory]
    [InlineData("nmf++")]
    [InlineData("ma-nmf++")]
    [InlineData("ddtcdr")]
    [InlineData("conet")]
    [InlineData("maml")]
    [InlineData("forec")]
    public void Results_differ_from_the_processor_s_by_at_most_three_times_the_effect_of_changed_last_bits(string method)
    {
        GpuDevices.Require();
        ExperimentData data = DemoMarkets.Read("uk");
        Results[] results = new Results[1 + Runs]; // the first one has the initial values of the GPU's
        Parallel.For(0, results.Length, run =>
        {
            using SimdDevice processor = new(1);
            results[run] = Train(processor, data, method, run);
        });
        Results found = Train(devices.First, data, method, run: 0);
        List<string> faults = [];
        for (int i = 0; i < found.Numbers.Count; i++)
        {
            Number number = found.Numbers[i];
            double expected = results[0].Numbers[i].Value, spread = results.Max(result => Math.Abs(result.Numbers[i].Value - expected));
            double allowed = Math.Max(3 * spread, number.LeastChange);
            if (!(Math.Abs(number.Value - expected) <= allowed))
                faults.Add($"{number.Name} is {number.Value:g9}, not {expected:g9} +- {allowed:g3} (spread {spread:g3})");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static Results Train(IDevice device, ExperimentData data, string method, int run)
    {
        Experiment experiment = data.Of(method, epochs: 2);
        Plan plan = PlanCatalog.Find(method, experiment.Settings);
        if (run > 0)
            plan = plan with { Phases = [.. plan.Phases.Select(phase => phase with { Fit = Changed(phase.Fit, (ulong)run) })] };
        ExperimentOutcome outcome = new ExperimentRunner(device).Run(experiment, data.Markets, plan: plan);
        EvaluationResult test = outcome.Test?.Result ?? throw new InvalidOperationException($"not evaluated: {outcome.NotEvaluated}");
        return new Results(
        [
            // A round's loss is a float, so that its last place can differ even if the runs agree.
            .. outcome.Phases.Select(phase => new Number(
                $"the loss of {phase.Name}", phase.Loss, MathF.BitIncrement((float)phase.Loss) - (float)phase.Loss)),
            .. Metric.Default.Select(metric => new Number(metric.Name, test.Means[metric.Name], LargestSwap(metric) / test.Users)),
        ]);
    }

    // The most that a user's metric changes if two neighbours in the list change places, which any rounding can do if their scores are
    // equal but for rounding: for the first two places, or at the cut-off. If no run happens to swap any, the spread is 0.
    private static double LargestSwap(Metric metric) => metric.Kind switch
    {
        MetricKind.Ndcg => 1 - (1 / Math.Log2(3)),
        MetricKind.HitRate => 1,
        MetricKind.ReciprocalRank => 0.5,
        _ => throw new ArgumentException($"no bound is known for {metric.Name}", nameof(metric)),
    };

    private static Fit Changed(Fit fit, ulong seed) =>
        fit is GradientFit gradient ? gradient with { Initialiser = new ChangedValues(gradient.Initialiser, seed) } : fit;

    /// <summary>A result, and the least change of it that is no fault.</summary>
    private readonly record struct Number(string Name, double Value, double LeastChange);

    /// <summary>The results of a training, in the same order for all devices.</summary>
    private sealed record Results(IReadOnlyList<Number> Numbers);

    /// <summary>Moves every value that a phase begins with by about two units in the last place, up or down.</summary>
    private sealed record ChangedValues(Initialiser Original, ulong Seed) : Initialiser
    {
        public override IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier)
        {
            IRecommender model = Original.Make(wanted, earlier);
            foreach (Parameter parameter in model.Parameters)
            {
                RandomSequence signs = RandomSequence.Named(Seed, $"{wanted.Purpose}/{parameter.Name}");
                float[] values = new float[parameter.Value.Values.Length];
                parameter.Value.Values.Read(values);
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)(values[i] * (signs.Below((ulong)i, 2) == 0 ? 1 - Change : 1 + Change));
                parameter.Value.Values.Write(values);
            }

            return model;
        }
    }
}
