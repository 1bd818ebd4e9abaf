// Where the chains of a matrix tile begin and what becomes of their sums. What follows a product elementwise is done while
// the sums are in registers; it is the arithmetic of the separate operation, so the bits are those of the separate passes.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>The two ends of a chain of multiply-adds.</summary>
internal unsafe interface ITileEnds
{
    /// <summary>What the chain begins with; <paramref name="c0"/> need not be readable where that is 0.</summary>
    static abstract TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane>;

    /// <summary>Puts what becomes of the sum at c and returns it. Where sides are read, they are <paramref name="sides"/> elements further on.</summary>
    static abstract TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>;

    /// <summary>Whether the columns of what is put at C are summed, each in a chain over the rows in ascending order.</summary>
    static virtual bool SumsColumns => false;
}

/// <summary>From C0, to C.</summary>
internal readonly unsafe struct Chain : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(sum, c);
        return sum;
    }
}

/// <summary>From 0, to C.</summary>
internal readonly unsafe struct ChainFromZero : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Broadcast(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(sum, c);
        return sum;
    }
}

/// <summary>From 0, added to what C holds: a block of samples in a weight's gradient.</summary>
internal readonly unsafe struct AddedTotal : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Broadcast(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        TLane last = TLane.Load(c) + sum;
        TLane.Store(last, c);
        return last;
    }
}

/// <summary>From C0, rectified, to C, and the columns' sums: a layer of a tower, and where a sum is 0, a unit that no sample makes active.</summary>
internal readonly unsafe struct SummedRectified : ITileEnds
{
    public static bool SumsColumns => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        TLane last = Relu.Forward(sum);
        TLane.Store(last, c);
        return last;
    }
}

/// <summary>
/// From 0, through a rectifier's adjoint, to C: the adjoint of what the rectifier was given. What it gave says as well as
/// what it was given whether that was positive. The sum is added to 0, as every adjoint is: -0 becomes 0.
/// </summary>
internal readonly unsafe struct RectifierAdjoint : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Broadcast(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        TLane last = TLane.Broadcast(0) + Relu.Backward(TLane.Load(c + sides), sum);
        TLane.Store(last, c);
        return last;
    }
}

/// <summary>The same, and the columns' sums: the gradient of the bias upstream.</summary>
internal readonly unsafe struct SummedRectifierAdjoint : ITileEnds
{
    public static bool SumsColumns => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        RectifierAdjoint.First<TLane>(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane> =>
        RectifierAdjoint.Last(sum, c, sides);
}
