// The losses of a model's output and a sample's label, and those that compare a positive with its negatives.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Recommenders.Models;

/// <summary>A loss of outputs.</summary>
public enum RatingLoss
{
    /// <summary>Binary cross-entropy of the output as a logit.</summary>
    Bce,

    /// <summary>The squared error of the output.</summary>
    Mse,

    /// <summary>Bayesian personalised ranking of a positive and each of its negatives (<see cref="BprLoss"/>).</summary>
    Bpr,

    /// <summary>The cross-entropy of the softmax over a positive and its negatives (<see cref="SampledSoftmaxLoss"/>).</summary>
    SampledSoftmax,

    /// <summary>The cross-entropy of the softmax over all items of the market, for logits that are dot products.</summary>
    Softmax,
}

/// <summary>Records losses on a tape.</summary>
internal static class RatingLosses
{
    /// <summary>Whether the loss compares a positive with its negatives, and so needs minibatches in groups.</summary>
    public static bool NeedsGroups(this RatingLoss loss) => loss is RatingLoss.Bpr or RatingLoss.SampledSoftmax;

    /// <summary>Whether the loss compares items, so that it needs more than a sample.</summary>
    public static bool ComparesItems(this RatingLoss loss) => loss == RatingLoss.Softmax || loss.NeedsGroups();

    /// <summary>The mean over a minibatch: [1, 1].</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="output">A model's output, [samples, 1].</param>
    /// <param name="batch">The samples, with their labels or in groups.</param>
    /// <exception cref="ArgumentException">
    /// The loss needs groups, and the samples are not in groups; or it is the softmax over all items.
    /// </exception>
    public static Tensor Mean(this RatingLoss loss, Tape tape, Tensor output, Minibatch batch)
    {
        if (loss.NeedsGroups() && batch.GroupSize < 2)
            throw new ArgumentException($"{loss} compares a positive with its negatives, and the minibatch has none beside it");
        return tape.Mean(loss switch
        {
            RatingLoss.Mse => tape.SquaredError(output, tape.Constant(batch.Labels)),
            RatingLoss.Bpr => tape.RowLoss<BprLoss>(output, batch.GroupSize),
            RatingLoss.Softmax => throw new ArgumentException("the softmax over all items needs the market's items", nameof(loss)),
            RatingLoss.SampledSoftmax => tape.RowLoss<SampledSoftmaxLoss>(output, batch.GroupSize),
            _ => tape.BinaryCrossEntropy(output, tape.Constant(batch.Labels)),
        });
    }
}
