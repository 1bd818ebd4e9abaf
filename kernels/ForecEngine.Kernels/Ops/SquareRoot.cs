// The square root, y = sqrt(x). Its derivative at 0, which is infinite, is defined as 0.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = sqrt(x).</summary>
public readonly struct SquareRoot : IUnaryOp
{
    /// <inheritdoc/>
    public static bool HasKinkAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane> =>
        TLane.Sqrt(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane>
    {
        TLane zero = TLane.Broadcast(0);
        return TLane.WhereGreater(x, zero, dy / (TLane.Sqrt(x) + TLane.Sqrt(x)), zero);
    }
}
