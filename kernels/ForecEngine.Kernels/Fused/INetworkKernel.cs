// What a device may offer beside its operations: a whole network at once.

namespace ForecEngine.Kernels.Fused;

/// <summary>The fused step, and scores. Their specification is the tape: the same loss, gradients and logits, bit for bit.</summary>
public interface INetworkKernel
{
    /// <summary>
    /// Forward and backward of the mean binary cross-entropy of a minibatch: adds to the layers' gradients, and overwrites
    /// the adjoints of the looked-up rows. Once it has seen a batch as large, it allocates nothing.
    /// </summary>
    /// <param name="network">The network, its gradients and adjoints.</param>
    /// <param name="users">The users' rows, one a sample.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="markets">The markets' rows; not looked at where the network is not market-aware.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="weight">What the gradients are multiplied by.</param>
    /// <returns>The mean loss, in nats.</returns>
    /// <exception cref="ArgumentException">Shapes do not fit, or nothing is wanted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in its table.</exception>
    Real Differentiate(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> labels, Real weight);

    /// <summary>Forward alone. Gradients and adjoints are not looked at. Once it has seen as many samples, it allocates nothing.</summary>
    /// <param name="network">The network.</param>
    /// <param name="users">The users' rows, one a sample.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="markets">The markets' rows; not looked at where the network is not market-aware.</param>
    /// <param name="logits">Overwritten with each sample's logit.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in its table.</exception>
    void Score(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> logits);
}
