// The differences between first-order meta-learners. In a round all of them visit every market (equal task sampling), each from the same
// parameters theta, with two minibatches, the support set A and the query set B:
//   theta' = theta - rate dL_A(theta),   g += dL_B(theta') / markets.
// Then the optimiser makes one step with g. There is no second-order term: g does not differentiate through the inner step.

namespace ForecEngine.Recommenders.Adaptation;

/// <summary>A first-order meta-learner.</summary>
/// <param name="Name">Its name.</param>
/// <param name="AddsSupport">Whether the support set's gradient is added: g += (dL_A(theta) + dL_B(theta')) / markets.</param>
/// <param name="Adapted">The parameters that the inner step moves, in training and before a market is scored; null for all.</param>
public sealed record MetaLearner(string Name, bool AddsSupport = false, Func<IRecommender, IReadOnlyList<Parameter>>? Adapted = null)
{
    /// <summary>
    /// First-order MAML: Finn, Abbeel and Levine (ICML 2017), section 5.2; lines 2 to 10 of Algorithm 1 in Bonab et al. (CIKM 2021).
    /// </summary>
    public static MetaLearner Maml { get; } = new("maml");

    /// <summary>
    /// Reptile with two inner steps: Nichol, Achiam and Schulman (arXiv:1803.02999, 2018). Section 4 uses the displacement over the inner
    /// steps, (theta - theta'') / rate, as the gradient for Adam. This equals the sum of the two gradients, which is computed here.
    /// </summary>
    public static MetaLearner Reptile { get; } = new("reptile", AddsSupport: true);

    /// <summary>
    /// ANIL: Raghu, Raghu, Bengio and Vinyals, "Rapid Learning or Feature Reuse?" (ICLR 2020). MAML whose inner step only moves the
    /// output layer.
    /// </summary>
    public static MetaLearner Anil { get; } = new("anil", Adapted: model => [.. ((Nmf)model).Output.Parameters]);

    /// <summary>The parameters of a model that the inner step moves, without those that are frozen.</summary>
    public IReadOnlyList<Parameter> AdaptedOf(IRecommender model) =>
        [.. (Adapted?.Invoke(model) ?? model.Parameters).Where(parameter => !parameter.IsFrozen)];
}
