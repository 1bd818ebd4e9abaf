// The absolute value, y = |x|. Its derivative at 0 is defined as 0, as in PyTorch.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = |x|.</summary>
public readonly struct Absolute : IUnaryOp
{
    /// <inheritdoc/>
    public static bool HasKinkAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane> =>
        LaneMath.Abs(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane>
    {
        TLane zero = TLane.Broadcast(0);
        return TLane.WhereGreater(x, zero, dy, TLane.WhereGreater(zero, x, -dy, zero));
    }
}
