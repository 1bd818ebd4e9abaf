// A model that is trained by a loss of its own.

using ForecEngine.Autodiff;

namespace ForecEngine.Recommenders.Models;

/// <summary>A model whose training loss is not that of its logits.</summary>
public interface IOwnLoss : IRecommender
{
    /// <summary>The loss of a training step: [1, 1].</summary>
    /// <param name="tape">What records.</param>
    /// <param name="batch">The samples.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, from 1, for draws that are its own.</param>
    Tensor Loss(Tape tape, Minibatch batch, ulong seed, int step);
}
