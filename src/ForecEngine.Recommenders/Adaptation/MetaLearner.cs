// What tells one first-order meta-learner from another. All visit every market of a round (equal task sampling), each from the same
// parameters theta, with two minibatches, the support set A and the query set B:
//   theta' = theta - rate dL_A(theta),   g += dL_B(theta') / markets,
// and take one step of the optimiser by g. The gradient at the adapted parameters is applied as it is: no term of second order.

using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A first-order method of learning to adapt.</summary>
/// <param name="Name">Its name.</param>
/// <param name="AddsSupport">Whether the support set's gradient counts too: g += (dL_A(theta) + dL_B(theta')) / markets.</param>
/// <param name="Adapted">The parameters that the inner step moves, in training and before a market is scored; null for all.</param>
public sealed record MetaLearner(string Name, bool AddsSupport = false, Func<IRecommender, IReadOnlyList<Parameter>>? Adapted = null)
{
    /// <summary>
    /// First-order MAML: Finn, Abbeel and Levine (ICML 2017), section 5.2; lines 2 to 10 of Algorithm 1 in Bonab et al. (CIKM 2021).
    /// </summary>
    public static MetaLearner Maml { get; } = new("maml");

    /// <summary>
    /// Reptile with two inner steps: Nichol, Achiam and Schulman (arXiv:1803.02999, 2018). Section 4 gives Adam the displacement over the
    /// inner steps as the gradient, (theta - theta'') / rate; that is the sum of the two gradients, which is computed.
    /// </summary>
    public static MetaLearner Reptile { get; } = new("reptile", AddsSupport: true);

    /// <summary>
    /// ANIL: Raghu, Raghu, Bengio and Vinyals, "Rapid Learning or Feature Reuse?" (ICLR 2020). MAML whose inner step moves the output
    /// layer alone.
    /// </summary>
    public static MetaLearner Anil { get; } = new("anil", Adapted: model => [.. ((Nmf)model).Output.Parameters]);

    /// <summary>The parameters of a model that the inner step moves: those that are not frozen.</summary>
    public IReadOnlyList<Parameter> AdaptedOf(IRecommender model) => [.. (Adapted?.Invoke(model) ?? model.Parameters).Where(p => !p.IsFrozen)];
}
