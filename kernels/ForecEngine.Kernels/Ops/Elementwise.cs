// Elementwise operations over memory, one lane at a time. Gradients are added to, never overwritten, so that a tensor used twice receives
// both adjoints.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies that apply <see cref="IUnaryOp"/> and <see cref="IBinaryOp"/> to memory.</summary>
public static class Elementwise
{
    /// <summary>y[i] = f(x[i]).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unary<TOp, TLane, TMemory>(TMemory x, TMemory y, int i)
        where TOp : struct, IUnaryOp
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        y.Store(i, TOp.Forward(x.Load(i)));

    /// <summary>dx[i] += f'(x[i]) dy[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UnaryBackward<TOp, TLane, TMemory>(TMemory x, TMemory dy, TMemory dx, int i)
        where TOp : struct, IUnaryOp
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        dx.Store(i, dx.Load(i) + TOp.Backward(x.Load(i), dy.Load(i)));

    /// <summary>y[i] = f(a[i], b[i]).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Binary<TOp, TLane, TMemory>(TMemory a, TMemory b, TMemory y, int i)
        where TOp : struct, IBinaryOp
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        y.Store(i, TOp.Forward(a.Load(i), b.Load(i)));

    /// <summary>da[i] += (df/da) dy[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BinaryBackwardLeft<TOp, TLane, TMemory>(TMemory a, TMemory b, TMemory dy, TMemory da, int i)
        where TOp : struct, IBinaryOp
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        da.Store(i, da.Load(i) + TOp.BackwardLeft(a.Load(i), b.Load(i), dy.Load(i)));

    /// <summary>db[i] += (df/db) dy[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BinaryBackwardRight<TOp, TLane, TMemory>(TMemory a, TMemory b, TMemory dy, TMemory db, int i)
        where TOp : struct, IBinaryOp
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        db.Store(i, db.Load(i) + TOp.BackwardRight(a.Load(i), b.Load(i), dy.Load(i)));
}
