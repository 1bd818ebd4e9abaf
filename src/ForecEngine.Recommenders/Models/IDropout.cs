// A model with dropout in training.

namespace ForecEngine.Recommenders.Models;

/// <summary>A model whose hidden units are dropped at random in training.</summary>
public interface IDropout : IRecommender
{
    /// <summary>The probability that a unit is dropped; 0 for none.</summary>
    double Dropout { get; }

    /// <summary>The logits of a training step, with dropout: [samples, 1].</summary>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="batch">The samples.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, from 1, which selects random draws.</param>
    Tensor Logits(Tape tape, Minibatch batch, ulong seed, int step);
}
