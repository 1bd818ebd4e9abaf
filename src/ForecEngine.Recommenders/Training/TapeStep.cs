// The step that serves every model: record the loss on the tape, play it backwards.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>A mean loss through the tape.</summary>
/// <param name="device">What computes.</param>
/// <param name="model">What is trained.</param>
/// <param name="loss">What is minimised.</param>
public sealed class TapeStep(IDevice device, IRecommender model, RatingLoss loss = RatingLoss.Bce) : IStep
{
    private readonly Tape _tape = new(device);

    /// <inheritdoc/>
    public Real Run(Minibatch batch, Real weight = 1)
    {
        _tape.Reset();
        Tensor mean = loss.Mean(_tape, model.Logits(_tape, batch), batch);
        _tape.Backward(mean, weight);
        Span<Real> value = stackalloc Real[1];
        mean.Value.Values.Read(value);
        return value[0];
    }
}
