// A training step: a minibatch of 1,024 samples forward and back through a model of ca and uk, and dense Adam over all of
// its parameters. Fastest is the step that the tool takes, fused where the device has it, as all but the scalar one do; the tape
// stands beside it. Before it is timed, a step's parameters are held to those that it gives on the scalar device.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Training;

/// <summary>A step of a model.</summary>
public class TrainingStepBench : CheckedKernel
{
    /// <summary>The model.</summary>
    [Params("gmf", "mlp", "nmf", "ma-nmf")]
    public string Model { get; set; } = "";

    /// <summary>What turns the minibatch into gradients.</summary>
    [Params(StepChoice.Fastest, StepChoice.Tape)]
    public StepChoice Step { get; set; }

    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        TrainingSettings settings = new();
        MarketUnion union = new(BenchMarkets.Load());
        IRecommender model = ModelCatalog.Create(Model, device, new ModelShape(union.Users, union.Items.Count, settings.Model.Dimension, settings.Model.Layers) { Markets = union.Markets.Count });
        model.Initialise(seed: 1, "bench", settings.Model.StandardDeviation);
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, settings.Gradient.L2));
        IStep step = Step.Create(device, model);
        SampleStream stream = new(union.Markets, settings.Samples, seed: 1, "bench", firstEpoch: 0);
        stream.Begin(0);
        Minibatch batch = new(device, settings.Samples.BatchSize);
        stream.Next(batch);
        return new(
            () =>
            {
                step.Run(batch);
                optimiser.Update();
            },
            [.. model.Parameters.Select(parameter => parameter.Value.Values)]);
    }
}
