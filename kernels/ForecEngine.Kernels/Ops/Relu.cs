// ReLU, y = max(x, 0). Its derivative at 0 is defined as 0, as in PyTorch; NaN stays NaN.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = max(x, 0).</summary>
public readonly struct Relu : IUnaryOp
{
    /// <inheritdoc/>
    public static bool HasKinkAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane> =>
        TLane.WhereGreater(TLane.Broadcast(0), x, TLane.Broadcast(0), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane> =>
        TLane.WhereGreater(x, TLane.Broadcast(0), dy, TLane.Broadcast(0));
}
