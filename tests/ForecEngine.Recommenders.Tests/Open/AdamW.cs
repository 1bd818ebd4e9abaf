// An optimiser defined outside the library: Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019),
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  p = p (1 - rate decay) - rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps).

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;
using ForecEngine.Optimisers;

namespace ForecEngine.Recommenders.Tests.Open;

internal sealed class AdamW(IDevice device, IReadOnlyList<Parameter> parameters, double learningRate, double decay)
    : Optimiser<AdamWRule>(device, parameters, "exp_avg", "exp_avg_sq")
{
    public override string Name => "adamw";

    protected override AdamWRule RuleOf(int step, double rateFactor, Parameter parameter)
    {
        double rate = learningRate * rateFactor;
        return new((Real)(rate / (1 - Math.Pow(0.9, step))), (Real)(1 / (1 - Math.Pow(0.999, step))), (Real)(1 - (rate * decay)));
    }
}

internal readonly struct AdamWRule(Real rate, Real scale, Real kept) : IUpdateRule
{
    public static int Statistics => 2;

    public TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane first = m.Load(i), second = v.Load(i);
        first = TLane.MultiplyAdd(TLane.Broadcast((Real)0.1), gradient - first, first);
        second = TLane.MultiplyAdd(TLane.Broadcast((Real)0.001), (gradient * gradient) - second, second);
        m.Store(i, first);
        v.Store(i, second);
        TLane root = TLane.Sqrt(TLane.Broadcast(scale) * second) + TLane.Broadcast((Real)1e-8);
        return TLane.MultiplyAdd(TLane.Broadcast(-rate), first / root, TLane.Broadcast(kept) * p);
    }
}
