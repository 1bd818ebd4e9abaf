// The elementwise sum, y = a + b.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = a + b.</summary>
public readonly struct Addition : IBinaryOp
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane a, TLane b)
        where TLane : struct, ILane<TLane> =>
        a + b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardLeft<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane> =>
        dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardRight<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane> =>
        dy;
}
