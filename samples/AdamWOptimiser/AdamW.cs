// AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019), as in torch.optim.AdamW:
//   m = m + (1 - b1) (g - m);  v = b2 v + (1 - b2) g^2;  p = (1 - rate decay) p - step m / (scale sqrt(v) + eps),
// with step = rate / (1 - b1^t) and scale = 1 / sqrt(1 - b2^t).

using ForecEngine;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;
using ForecEngine.Optimisers;

/// <summary>AdamW over a model's parameters. Checkpoints have its two statistics by name.</summary>
internal sealed class AdamW(IDevice device, IReadOnlyList<Parameter> parameters, double rate, double decay)
    : Optimiser<AdamWStep>(device, parameters, "exp_avg", "exp_avg_sq")
{
    public override string Name => "adamw";

    protected override AdamWStep RuleOf(int step, double rateFactor, Parameter parameter) => new(step, rate * rateFactor, decay);
}

/// <summary>One step of a lane of elements.</summary>
internal readonly struct AdamWStep(int t, double rate, double decay) : IUpdateRule
{
    private const float Keep1 = 0.9f, Keep2 = 0.999f, Epsilon = 1e-8f;
    private readonly float _keep = (float)(1 - (rate * decay));
    private readonly float _step = (float)(rate / (1 - Math.Pow(Keep1, t)));
    private readonly float _scale = (float)(1 / Math.Sqrt(1 - Math.Pow(Keep2, t)));

    public static int Statistics => 2;

    public TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane first = TLane.MultiplyAdd(TLane.Broadcast(1 - Keep1), gradient - m.Load(i), m.Load(i));
        TLane second = TLane.MultiplyAdd(TLane.Broadcast(1 - Keep2) * gradient, gradient, TLane.Broadcast(Keep2) * v.Load(i));
        m.Store(i, first);
        v.Store(i, second);
        TLane move = first / TLane.MultiplyAdd(TLane.Broadcast(_scale), TLane.Sqrt(second), TLane.Broadcast(Epsilon));
        return TLane.MultiplyAdd(TLane.Broadcast(-_step), move, TLane.Broadcast(_keep) * p);
    }
}
