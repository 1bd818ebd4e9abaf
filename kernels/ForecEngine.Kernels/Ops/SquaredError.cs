// The squared error of a prediction, y = (a - b)^2.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = (a - b)^2.</summary>
public readonly struct SquaredError : IBinaryOp
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane a, TLane b)
        where TLane : struct, ILane<TLane> =>
        (a - b) * (a - b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardLeft<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane> =>
        TLane.Broadcast(2) * (a - b) * dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardRight<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane> =>
        TLane.Broadcast(2) * (b - a) * dy;
}
