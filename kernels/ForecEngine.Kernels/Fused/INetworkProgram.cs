// A network that a device has compiled: it runs a whole minibatch or round of meta-learning in one call. The tape is its specification:
// losses, gradients and logits are the same, on the host bit for bit.

namespace ForecEngine.Kernels.Fused;

/// <summary>The minibatches of a market in a round of meta-learning.</summary>
/// <param name="Support">The samples whose gradient the inner step uses.</param>
/// <param name="Query">The samples whose gradient is taken at the adapted parameters.</param>
/// <param name="Loss">Overwritten with the mean loss of the query samples at the adapted parameters.</param>
public readonly record struct MarketVisit(SampleBatch Support, SampleBatch Query, Slice<Real> Loss);

/// <summary>The rule of a visit to a market.</summary>
/// <param name="LearningRate">The learning rate of the inner step, p - rate g.</param>
/// <param name="AddsSupport">Whether to add the support samples' gradient too, at the parameters before the inner step (Reptile).</param>
public readonly record struct InnerRule(double LearningRate, bool AddsSupport);

/// <summary>A compiled network. It reuses its memory: a call with the same shapes as the one before allocates nothing.</summary>
public interface INetworkProgram
{
    /// <summary>Forward and backward: adds the gradient of the samples' mean binary cross-entropy to the network's gradients.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="weight">A factor of the gradient.</param>
    /// <param name="loss">Overwritten with the mean loss, in nats.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or every parameter is frozen.</exception>
    void Differentiate(in SampleBatch batch, Real weight, Slice<Real> loss);

    /// <summary>
    /// Visits markets. Each visit starts from the current parameters, takes an inner step on the support samples, and adds the query
    /// samples' gradient at the adapted parameters to the network's gradients, in the order of the markets. The parameters do not change.
    /// </summary>
    /// <param name="rule">The rule of a visit.</param>
    /// <param name="weight">A factor of the gradients.</param>
    /// <param name="visits">The markets.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or every parameter is frozen.</exception>
    void Visit(InnerRule rule, Real weight, ReadOnlySpan<MarketVisit> visits);

    /// <summary>Forward only.</summary>
    /// <param name="pairs">The pairs to score, without labels.</param>
    /// <param name="logits">Overwritten with the logit of each pair.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    void Score(in SampleBatch pairs, Slice<Real> logits);
}
