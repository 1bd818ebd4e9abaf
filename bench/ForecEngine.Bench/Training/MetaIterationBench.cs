// An iteration of first-order MAML on two markets: in each, an inner step on 20 samples and a gradient on 20 others; then
// Adam over all parameters. Compared with the scalar device before the timing.

using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Training;

/// <summary>An iteration of meta-learning.</summary>
public class MetaIterationBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        TrainingSettings settings = new() { Samples = new() { BatchSize = new MetaLearningSettings().SupportSize } };
        MarketUnion union = new(BenchMarkets.Load());
        Nmf model = new(device, new ModelShape(union.Users, union.Items.Count, settings.Model.Dimension, settings.Model.Layers));
        model.Initialise(seed: 1, "bench", settings.Model.StandardDeviation);
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, settings.Gradient.L2));
        SampleStream[] streams = [.. union.Markets.Select(
            market => new SampleStream(device, [market], settings.Samples, seed: 1, "bench", firstEpoch: 0))];
        MetaProgram program = new(device, model, MetaLearner.Maml, optimiser, streams, settings.MetaLearning.InnerLearningRate);
        program.Begin(0, 0, new ParallelOptions());
        return new(() => program.Run(0, 1), [.. model.Parameters.Select(parameter => parameter.Value.Values)]);
    }
}
