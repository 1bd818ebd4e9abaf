// The elementwise product, y = a b: the interaction of GMF (He et al., "Neural Collaborative Filtering", WWW 2017).

namespace ForecEngine.Kernels.Ops;

/// <summary>y = a b.</summary>
public readonly struct Product : IBinaryOp
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane a, TLane b)
        where TLane : struct, ILane<TLane> =>
        a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardLeft<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane> =>
        b * dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane BackwardRight<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane> =>
        a * dy;
}
