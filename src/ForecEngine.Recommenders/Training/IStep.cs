// What one minibatch does to the gradients. The optimiser stands outside.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Turns a minibatch into gradients.</summary>
public interface IStep
{
    /// <summary>Adds the gradient of the minibatch's mean loss, times a weight, to the model's parameters.</summary>
    /// <returns>The mean loss, in nats.</returns>
    Real Run(Minibatch batch, Real weight = 1);
}
