// The step of dual transfer (Li and Tuzhilin, WSDM 2020): a market's minibatch through its own network and, over the
// bridges, through the other side's. Its loss is the model's own, with dropout (Models/Ddtcdr).

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>A step of DDTCDR.</summary>
/// <param name="device">What computes.</param>
/// <param name="model">What is trained.</param>
/// <param name="seed">The experiment's seed, of the dropout.</param>
public sealed class DualStep(IDevice device, Ddtcdr model, ulong seed) : IStep
{
    private readonly Tape _tape = new(device);

    /// <summary>How many steps have been made, which tells the next one's dropout from theirs.</summary>
    public int Steps { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples are of several markets.</exception>
    public Real Run(Minibatch batch, Real weight = 1)
    {
        _tape.Reset();
        Tensor loss = model.Loss(_tape, batch, seed, ++Steps);
        _tape.Backward(loss, weight);
        Span<Real> value = stackalloc Real[1];
        loss.Value.Values.Read(value);
        return value[0];
    }
}
