// Reptile: Nichol, Achiam and Schulman, "On First-Order Meta-Learning Algorithms" (arXiv:1803.02999, 2018). A market's
// part is the way that two steps of descent go, as a multiple of their rate; section 4 takes it as a gradient, for Adam:
//   theta'  = theta - rate dL_A(theta),   theta'' = theta' - rate dL_B(theta'),
//   g += (theta - theta'') / rate / markets = (dL_A(theta) + dL_B(theta')) / markets.
// The right-hand side is computed: the difference of two nearly equal numbers would lose what the sum has, and the
// second step need not be taken.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>Reptile with two inner steps.</summary>
internal sealed class Reptile : MetaLearner
{
    /// <inheritdoc/>
    public override double Visit(MetaRound round, SampleStream market, Real share)
    {
        round.Next(market);
        round.AddGradient(share);
        round.StepInside();
        round.Next(market);
        double loss = round.AddGradient(share);
        round.StepBack();
        return loss;
    }
}
