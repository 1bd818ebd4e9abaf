// Binary cross-entropy of a logit z and a label t in [0, 1], per sample and in nats:
//   -t ln s(z) - (1 - t) ln(1 - s(z)) = max(z, 0) - z t + ln(1 + e^-|z|),  s the sigmoid.
// The right-hand side, as in PyTorch's binary_cross_entropy_with_logits, neither overflows nor cancels.
// d/dz = s(z) - t and d/dt = -z.

namespace ForecEngine.Kernels.Ops;

/// <summary>Binary cross-entropy: the left argument is the logit, the right one the label.</summary>
public readonly struct BinaryCrossEntropy : IBinaryOp
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane logit, TLane label)
        where TLane : struct, ILane<TLane>
    {
        TLane softplus = LaneMath.LogOnePlus(LaneMath.Exp(-LaneMath.Abs(logit)));
        return Relu.Forward(logit) - (logit * label) + softplus;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardLeft<TLane>(TLane logit, TLane label, TLane dy)
        where TLane : struct, ILane<TLane> =>
        (LaneMath.Sigmoid(logit) - label) * dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardRight<TLane>(TLane logit, TLane label, TLane dy)
        where TLane : struct, ILane<TLane> =>
        -logit * dy;
}
