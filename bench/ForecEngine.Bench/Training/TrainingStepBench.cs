// A training step: a minibatch of 1,024 samples forward and backward through a model of ca and uk, and dense Adam over all of
// its parameters. All devices except the scalar one compile these models. Before it is timed, a step's parameters are compared with the
// scalar device's.

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

    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        TrainingSettings settings = new();
        MarketUnion union = new(BenchMarkets.Load());
        ModelShape shape = new(union.Users, union.Items.Count, settings.Model.Dimension, settings.Model.Layers)
        {
            Markets = union.Markets.Count,
        };
        IRecommender model = ModelCatalog.Create(Model, device, shape);
        model.Initialise(seed: 1, "bench", settings.Model.StandardDeviation);
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, settings.Gradient.L2));
        LossGradient gradient = new(device, model);
        SampleStream stream = new(device, union.Markets, settings.Samples, seed: 1, "bench", firstEpoch: 0);
        stream.Begin(0);
        Minibatch batch = stream.BatchAt(0);
        Slice<Real> loss = device.Allocate<Real>(1).Slice();
        return new(
            () =>
            {
                gradient.Add(batch, 1, loss);
                optimiser.Update(loss);
            },
            [.. model.Parameters.Select(parameter => parameter.Value.Values)]);
    }
}
