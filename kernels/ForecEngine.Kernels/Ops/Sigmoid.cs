// The logistic function, y = 1 / (1 + e^-x), whose derivative is y (1 - y).

namespace ForecEngine.Kernels.Ops;

/// <summary>y = 1 / (1 + e^-x).</summary>
public readonly struct Sigmoid : IUnaryOp
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane> =>
        LaneMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane>
    {
        TLane y = LaneMath.Sigmoid(x);
        return y * (TLane.Broadcast(1) - y) * dy;
    }
}
