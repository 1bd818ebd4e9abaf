// Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015), with weight decay as L2 in the gradient:
//   g' = g + decay p;  m = m + (1 - b1) (g' - m);  v = b2 v + (1 - b2) g'^2;  p = p - step m / (scale sqrt(v) + eps).
// Dense, as in torch.optim.Adam: step = learning rate / (1 - b1^t), scale = 1 / sqrt(1 - b2^t).
// Lazy, as in torch.optim.SparseAdam, which adds eps before the correction: step = learning rate x sqrt(1 - b2^t) / (1 - b1^t), scale = 1.

namespace ForecEngine.Kernels.Ops;

/// <summary>One Adam update; see the formula at the start of this file. Statistics: m and v.</summary>
public readonly struct Adam : IUpdateRule
{
    private readonly Real _step;
    private readonly Real _scale;
    private readonly Real _epsilon;
    private readonly Real _blend1;
    private readonly Real _keep2;
    private readonly Real _blend2;
    private readonly Real _decay;

    // The constants are computed in double and rounded once, as in PyTorch.
    private Adam(double step, double scale, double epsilon, double beta1, double beta2, double decay)
    {
        _step = (Real)step;
        _scale = (Real)scale;
        _epsilon = (Real)epsilon;
        _blend1 = (Real)(1 - beta1);
        _keep2 = (Real)beta2;
        _blend2 = (Real)(1 - beta2);
        _decay = (Real)decay;
    }

    /// <summary>Step <paramref name="t"/>, from 1, for every element, as in torch.optim.Adam.</summary>
    public static Adam Dense(int t, double learningRate, double beta1, double beta2, double epsilon, double decay) =>
        new(learningRate / (1 - Power(beta1, t)), 1 / Math.Sqrt(1 - Power(beta2, t)), epsilon, beta1, beta2, decay);

    /// <summary>Step <paramref name="t"/>, from 1, for the rows that a minibatch touched, as in torch.optim.SparseAdam.</summary>
    public static Adam Lazy(int t, double learningRate, double beta1, double beta2, double epsilon, double decay) =>
        new(learningRate * Math.Sqrt(1 - Power(beta2, t)) / (1 - Power(beta1, t)), 1, epsilon, beta1, beta2, decay);

    /// <inheritdoc/>
    public static int Statistics => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        gradient = TLane.MultiplyAdd(TLane.Broadcast(_decay), p, gradient);
        TLane first = m.Load(i);
        first = TLane.MultiplyAdd(TLane.Broadcast(_blend1), gradient - first, first);
        TLane second = TLane.MultiplyAdd(TLane.Broadcast(_blend2) * gradient, gradient, TLane.Broadcast(_keep2) * v.Load(i));
        TLane denominator = TLane.MultiplyAdd(TLane.Broadcast(_scale), TLane.Sqrt(second), TLane.Broadcast(_epsilon));
        m.Store(i, first);
        v.Store(i, second);
        return TLane.MultiplyAdd(TLane.Broadcast(-_step), first / denominator, p);
    }

    // Repeated squaring: the platform's Pow differs in its last bits between machines.
    private static double Power(double x, int n)
    {
        double power = 1;
        for (; n > 0; n >>= 1)
        {
            if ((n & 1) == 1)
                power *= x;
            x *= x;
        }

        return power;
    }
}
