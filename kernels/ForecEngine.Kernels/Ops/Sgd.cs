// Stochastic gradient descent with weight decay as L2 in the gradient: p = p - learning rate x (g + decay p).

namespace ForecEngine.Kernels.Ops;

/// <summary>One gradient-descent update. No statistics.</summary>
/// <param name="learningRate">The learning rate.</param>
/// <param name="decay">The L2 coefficient.</param>
public readonly struct Sgd(double learningRate, double decay) : IUpdateRule
{
    private readonly Real _learningRate = (Real)learningRate;
    private readonly Real _decay = (Real)decay;

    /// <inheritdoc/>
    public static int Statistics => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        TLane.MultiplyAdd(TLane.Broadcast(-_learningRate), TLane.MultiplyAdd(TLane.Broadcast(_decay), p, gradient), p);
}
