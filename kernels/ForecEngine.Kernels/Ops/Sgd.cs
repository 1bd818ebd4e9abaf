// Stochastic gradient descent with weight decay as L2 in the gradient: p = p - learning rate x (g + decay p). A p
// below 2^-60 becomes 0 (LaneMath.Settle).

using System.Runtime.CompilerServices;

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
    public void Apply<TLane, TMemory>(TMemory p, TMemory m, TMemory v, TMemory gradients, int start, int count)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane step = TLane.Broadcast(-_learningRate), decay = TLane.Broadcast(_decay);
        for (int i = start; i < start + count; i += TLane.Width)
        {
            TLane value = p.Load(i);
            p.Store(i, LaneMath.Settle(TLane.MultiplyAdd(step, TLane.MultiplyAdd(decay, value, gradients.Load(i)), value)));
        }
    }
}
