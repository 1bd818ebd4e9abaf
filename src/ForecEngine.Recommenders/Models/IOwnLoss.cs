// A model with its own training loss.

namespace ForecEngine.Recommenders.Models;

/// <summary>A model that defines its training loss itself, instead of a loss of its logits.</summary>
public interface IOwnLoss : IRecommender
{
    /// <summary>The loss of a training step: [1, 1].</summary>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="batch">The samples.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, from 1, which selects random draws.</param>
    Tensor Loss(Tape tape, Minibatch batch, ulong seed, int step);
}
