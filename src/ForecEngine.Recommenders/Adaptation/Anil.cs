// Almost no inner loop: Raghu, Raghu, Bengio and Vinyals, "Rapid Learning or Feature Reuse? Towards Understanding the
// Effectiveness of MAML" (ICLR 2020). MAML whose inner step moves the output layer h alone, the body b staying:
//   h' = h - rate d_h L_A(b, h),   g += d_(b,h) L_B(b, h') / markets.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>MAML with the output layer's inner step only.</summary>
internal sealed class Anil : MetaLearner
{
    private readonly Maml _maml = new();

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Adapted(IRecommender model) => [.. ((Nmf)model).Output.Parameters];

    /// <inheritdoc/>
    public override double Visit(MetaRound round, SampleStream market, Real share) => _maml.Visit(round, market, share);
}
