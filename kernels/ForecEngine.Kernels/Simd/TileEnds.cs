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

    /// <summary>Puts what becomes of the sum at c. Where sides are read, they are <paramref name="sides"/> elements further on.</summary>
    /// <returns><paramref name="total"/>, with what was put there added where columns are summed.</returns>
    static abstract TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>;

    /// <summary>The columns' totals so far, where columns are summed: else nothing is read.</summary>
    static virtual TLane LoadTotal<TLane>(Real* totals)
        where TLane : struct, IHostLane<TLane> =>
        default;

    /// <summary>Keeps the columns' totals, where columns are summed.</summary>
    static virtual void StoreTotal<TLane>(TLane total, Real* totals)
        where TLane : struct, IHostLane<TLane>
    {
    }
}

/// <summary>From C0, to C.</summary>
internal readonly unsafe struct Chain : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(sum, c);
        return total;
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
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(sum, c);
        return total;
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
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(TLane.Load(c) + sum, c);
        return total;
    }
}

/// <summary>From C0, rectified, to C: a layer of a tower.</summary>
internal readonly unsafe struct Rectified : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(Relu.Forward(sum), c);
        return total;
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
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>
    {
        TLane.Store(Of(sum, c + sides), c);
        return total;
    }

    /// <summary>The adjoint of what a rectifier was given, from its output's, before that was added to 0, and from what it gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Of<TLane>(TLane sum, Real* given)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Broadcast(0) + Relu.Backward(TLane.Load(given), sum);
}

/// <summary>The same, and sums of the columns, each a chain over the rows in ascending order: the gradient of the bias upstream.</summary>
internal readonly unsafe struct RectifierAdjointAndTotals : ITileEnds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane First<TLane>(Real* c0)
        where TLane : struct, IHostLane<TLane> =>
        RectifierAdjoint.First<TLane>(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Last<TLane>(TLane sum, Real* c, nint sides, TLane total)
        where TLane : struct, IHostLane<TLane>
    {
        TLane adjoint = RectifierAdjoint.Of(sum, c + sides);
        TLane.Store(adjoint, c);
        return total + adjoint;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane LoadTotal<TLane>(Real* totals)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(totals);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTotal<TLane>(TLane total, Real* totals)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(total, totals);
}
