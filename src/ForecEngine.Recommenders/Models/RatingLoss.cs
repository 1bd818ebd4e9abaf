// The losses of a model's output and a sample's label.

namespace ForecEngine.Recommenders.Models;

/// <summary>A loss of outputs and labels.</summary>
public enum RatingLoss
{
    /// <summary>Binary cross-entropy of the output as a logit.</summary>
    Bce,

    /// <summary>The squared error of the output.</summary>
    Mse,
}

/// <summary>Records losses on a tape.</summary>
internal static class RatingLosses
{
    /// <summary>The mean over a minibatch: [1, 1].</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="output">A model's output, [samples, 1].</param>
    /// <param name="batch">The samples, with their labels.</param>
    public static Tensor Mean(this RatingLoss loss, Tape tape, Tensor output, Minibatch batch)
    {
        Tensor labels = tape.Constant(batch.Labels);
        return tape.Mean(loss == RatingLoss.Bce ? tape.BinaryCrossEntropy(output, labels) : tape.SquaredError(output, labels));
    }
}
