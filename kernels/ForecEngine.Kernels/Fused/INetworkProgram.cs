// A network that a device has compiled: a whole minibatch, or a round of meta-learning, without an operation in between. Its
// specification is the tape: the same losses, gradients and logits, on the host bit for bit.

namespace ForecEngine.Kernels.Fused;

/// <summary>The minibatches of a market in a round of meta-learning.</summary>
/// <param name="Support">The inner step is taken by the gradient on these samples.</param>
/// <param name="Query">The gradient on these samples is taken at the adapted parameters.</param>
/// <param name="Loss">Overwritten with the mean loss of the query samples at the adapted parameters.</param>
public readonly record struct MarketVisit(SampleBatch Support, SampleBatch Query, Slice<Real> Loss);

/// <summary>What a visit to a market does.</summary>
/// <param name="LearningRate">The learning rate of the inner step, p - rate g.</param>
/// <param name="AddsSupport">Whether the support samples' gradient counts too, at the parameters before the inner step (Reptile).</param>
public readonly record struct InnerRule(double LearningRate, bool AddsSupport);

/// <summary>A compiled network. Memory is kept from call to call: a call that repeats the one before it allocates nothing.</summary>
public interface INetworkProgram
{
    /// <summary>Forward and backward: adds the gradient of the samples' mean binary cross-entropy to the network's gradients.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="weight">A factor of the gradient.</param>
    /// <param name="loss">Overwritten with the mean loss, in nats.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or every parameter is frozen.</exception>
    void Differentiate(in SampleBatch batch, Real weight, Slice<Real> loss);

    /// <summary>
    /// Visits markets, each from the parameters as they are: takes an inner step by the support samples, adds the gradient of the query
    /// samples at the adapted parameters to the network's gradients, one market after the other, and puts the parameters back.
    /// </summary>
    /// <param name="rule">What a visit does.</param>
    /// <param name="weight">A factor of the gradients.</param>
    /// <param name="visits">The markets.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or every parameter is frozen.</exception>
    void Visit(InnerRule rule, Real weight, ReadOnlySpan<MarketVisit> visits);

    /// <summary>Forward alone.</summary>
    /// <param name="pairs">The pairs to score, without labels.</param>
    /// <param name="logits">Overwritten with the logit of each pair.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    void Score(in SampleBatch pairs, Slice<Real> logits);
}
