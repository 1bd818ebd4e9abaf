// First-order model-agnostic meta-learning: Finn, Abbeel and Levine, "Model-Agnostic Meta-Learning for Fast Adaptation
// of Deep Networks" (ICML 2017), the first-order form of section 5.2; lines 2 to 10 of Algorithm 1 in Bonab et al.
// (CIKM 2021). Of a market with the minibatches A and B:
//   theta' = theta - rate dL_A(theta),   g += dL_B(theta') / markets.
// The gradient at the adapted point is applied where the model is, as it is: no term of second order.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>First-order MAML.</summary>
internal sealed class Maml : MetaLearner
{
    /// <inheritdoc/>
    public override double Visit(MetaRound round, SampleStream market, Real share)
    {
        round.Next(market);
        round.StepInside();
        round.Next(market);
        double loss = round.AddGradient(share);
        round.StepBack();
        return loss;
    }
}
