// What tells one first-order meta-learner from another: what the inner step moves, and which gradients of a market the
// outer step takes. The loop over the markets is MetaRound's.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A method of learning to adapt.</summary>
internal abstract class MetaLearner
{
    /// <summary>The parameters that the inner step moves, in training and before a market is scored.</summary>
    public virtual IReadOnlyList<Parameter> Adapted(IRecommender model) => model.Parameters;

    /// <summary>Adds a market's part to the gradients of the outer step, and leaves the parameters as they were.</summary>
    /// <param name="round">What a visit can do.</param>
    /// <param name="market">The market's minibatches, of which it takes two.</param>
    /// <param name="share">One over the number of markets, by which its gradients count.</param>
    /// <returns>The loss of the second minibatch after the inner step.</returns>
    public abstract double Visit(MetaRound round, SampleStream market, Real share);
}
