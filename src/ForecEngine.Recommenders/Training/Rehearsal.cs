// The runtime JIT-compiles a kernel when it first runs; the kernels of a training take a tenth of a second. A rehearsal takes a step with
// models of a few rows while the data are being read, so that training does not wait for the compiler. It affects no result.

using ForecEngine.Kernels.Simd;

namespace ForecEngine.Recommenders.Training;

/// <summary>Makes the runtime compile the kernels of a training before they are needed.</summary>
public static class Rehearsal
{
    private const int Samples = 128, Group = 4;

    /// <summary>Starts to rehearse the phases of a plan on another thread.</summary>
    public static Task Begin(Plan plan) => Task.Run(() =>
    {
        using SimdDevice device = new(threads: 1);
        foreach (Phase phase in plan.Phases)
        {
            if (phase.Fit is GradientFit { Loss: not RatingLoss.Softmax } fit)
                TakeStep(device, phase.Model, fit);
        }
    });

    private static void TakeStep(SimdDevice device, string name, GradientFit fit)
    {
        IRecommender model = ModelCatalog.Create(name, device, new(Samples, Samples, fit.Model.Dimension, fit.Model.Layers));
        Optimiser optimiser = fit.Optimiser.Create(device, model.Parameters, fit);
        Slice<Sample> samples = device.Allocate<Sample>(Samples).Slice();
        Slice<int> users = device.Allocate<int>(Samples).Slice(), items = device.Allocate<int>(Samples).Slice();
        Slice<Real> labels = device.Allocate<Real>(Samples).Slice();
        device.TakeSamples(new SampleRange(samples, RandomSequence.Named(seed: 0, "rehearsal"), First: 0, Samples), users, items, labels);
        RowIds markets = RowIds.Known(device.Allocate<int>(Samples).Slice(), 1);
        Minibatch batch = new(device, 0);
        batch.Refer(new SampleBatch(RowIds.Known(users, Samples), RowIds.Known(items, Samples), markets, labels), market: 0, Group);
        Slice<Real> loss = device.Allocate<Real>(1).Slice();
        new LossGradient(device, model, fit.Loss).Add(batch, 1, loss);
        optimiser.Update(loss);
    }
}
