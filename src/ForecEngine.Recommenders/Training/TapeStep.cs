// The step that serves every model: record the loss on the tape, play it backwards.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Binary cross-entropy through the tape.</summary>
/// <param name="device">What computes.</param>
/// <param name="model">What is trained.</param>
public sealed class TapeStep(IDevice device, IRecommender model) : IStep
{
    private readonly Tape _tape = new(device);

    /// <inheritdoc/>
    public Real Run(Minibatch batch, Real weight = 1)
    {
        _tape.Reset();
        Tensor losses = _tape.BinaryCrossEntropy(model.Logits(_tape, batch), _tape.Constant(batch.Labels));
        Tensor loss = _tape.Mean(losses);
        _tape.Backward(loss, weight);
        Span<Real> value = stackalloc Real[1];
        loss.Value.Values.Read(value);
        return value[0];
    }
}
