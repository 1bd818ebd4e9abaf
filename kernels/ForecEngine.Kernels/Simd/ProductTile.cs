// The sums of one tile of a matrix product, in registers. A lane holds consecutive columns of one row of C; a row of a tile is two lanes.
// Step k reads a number of A for each row of the tile and two lanes of B. Both factors are usually packed (Panels.cs), so that all reads
// are contiguous; a factor that is in a cache needs no packing. Every sum is one chain of multiply-adds over k, so the shape of a tile does
// not change a bit.
//
// A step of the larger tile is 28 independent multiply-adds from 14 broadcasts and 2 loads. They cover a latency of four cycles at two
// multiply-adds a cycle three times over, and use 31 of 32 registers. Machines with 16 registers have the smaller tile: 12 sums.
// Each sum is a local variable. The compiler does not keep the elements of an array in registers.

namespace ForecEngine.Kernels.Simd;

/// <summary>A shape of tile.</summary>
internal unsafe interface IProductTile
{
    /// <summary>The number of rows.</summary>
    static abstract int Rows { get; }

    /// <summary>The number of columns.</summary>
    static abstract int Columns { get; }

    /// <summary>
    /// Computes all of a tile of C. A is read at a + row <paramref name="aRow"/> + k <paramref name="aStep"/>, B at b + column + k
    /// <paramref name="bStep"/> for k &lt; <paramref name="depth"/>; C is written at c + row <paramref name="cRow"/> + column.
    /// </summary>
    static abstract void Compute<TEnd>(Real* a, nint aRow, nint aStep, Real* b, nint bStep, int depth, Real* c, nint cRow)
        where TEnd : struct, IProductEnd;
}

/// <summary>What happens to a sum; see <see cref="ProductEnd"/>.</summary>
internal unsafe interface IProductEnd
{
    /// <summary>Stores a lane of sums at c.</summary>
    static abstract void Store<TLane>(TLane sum, Real* c)
        where TLane : struct, IHostLane<TLane>;
}

/// <summary>C = the sum.</summary>
internal readonly unsafe struct OverwrittenProduct : IProductEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLane>(TLane sum, Real* c)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(sum, c);
}

/// <summary>C = -the sum.</summary>
internal readonly unsafe struct NegatedProduct : IProductEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLane>(TLane sum, Real* c)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(-sum, c);
}

/// <summary>C += the sum.</summary>
internal readonly unsafe struct AddedProduct : IProductEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLane>(TLane sum, Real* c)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Load(c) + sum, c);
}

/// <summary>C -= the sum.</summary>
internal readonly unsafe struct SubtractedProduct : IProductEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLane>(TLane sum, Real* c)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Load(c) - sum, c);
}

/// <summary>Six rows of two lanes, for 16 registers.</summary>
internal readonly unsafe struct SixRows<TLane> : IProductTile
    where TLane : struct, IHostLane<TLane>
{
    public static int Rows => 6;

    public static int Columns => 2 * TLane.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Compute<TEnd>(Real* a, nint aRow, nint aStep, Real* b, nint bStep, int depth, Real* c, nint cRow)
        where TEnd : struct, IProductEnd
    {
        TLane zero = TLane.Broadcast(0);
        TLane l0 = zero, l1 = zero, l2 = zero, l3 = zero, l4 = zero, l5 = zero;
        TLane r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero, r5 = zero;
        nint threeRows = 3 * aRow; // four rows to a pointer: an address has one register besides it
        Real* a4 = a + (4 * aRow);
        for (int k = depth; k > 0; k--)
        {
            TLane left = TLane.Load(b), right = TLane.Load(b + TLane.Width);
            TLane x = TLane.Broadcast(*a);
            l0 = TLane.MultiplyAdd(x, left, l0);
            r0 = TLane.MultiplyAdd(x, right, r0);
            x = TLane.Broadcast(a[aRow]);
            l1 = TLane.MultiplyAdd(x, left, l1);
            r1 = TLane.MultiplyAdd(x, right, r1);
            x = TLane.Broadcast(a[2 * aRow]);
            l2 = TLane.MultiplyAdd(x, left, l2);
            r2 = TLane.MultiplyAdd(x, right, r2);
            x = TLane.Broadcast(a[threeRows]);
            l3 = TLane.MultiplyAdd(x, left, l3);
            r3 = TLane.MultiplyAdd(x, right, r3);
            x = TLane.Broadcast(*a4);
            l4 = TLane.MultiplyAdd(x, left, l4);
            r4 = TLane.MultiplyAdd(x, right, r4);
            x = TLane.Broadcast(a4[aRow]);
            l5 = TLane.MultiplyAdd(x, left, l5);
            r5 = TLane.MultiplyAdd(x, right, r5);
            a += aStep;
            a4 += aStep;
            b += bStep;
        }

        TEnd.Store(l0, c);
        TEnd.Store(r0, c + TLane.Width);
        c += cRow;
        TEnd.Store(l1, c);
        TEnd.Store(r1, c + TLane.Width);
        c += cRow;
        TEnd.Store(l2, c);
        TEnd.Store(r2, c + TLane.Width);
        c += cRow;
        TEnd.Store(l3, c);
        TEnd.Store(r3, c + TLane.Width);
        c += cRow;
        TEnd.Store(l4, c);
        TEnd.Store(r4, c + TLane.Width);
        c += cRow;
        TEnd.Store(l5, c);
        TEnd.Store(r5, c + TLane.Width);
    }
}

/// <summary>Fourteen rows of two lanes, for 32 registers.</summary>
internal readonly unsafe struct FourteenRows<TLane> : IProductTile
    where TLane : struct, IHostLane<TLane>
{
    public static int Rows => 14;

    public static int Columns => 2 * TLane.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Compute<TEnd>(Real* a, nint aRow, nint aStep, Real* b, nint bStep, int depth, Real* c, nint cRow)
        where TEnd : struct, IProductEnd
    {
        TLane zero = TLane.Broadcast(0);
        TLane l0 = zero, l1 = zero, l2 = zero, l3 = zero, l4 = zero, l5 = zero, l6 = zero;
        TLane l7 = zero, l8 = zero, l9 = zero, l10 = zero, l11 = zero, l12 = zero, l13 = zero;
        TLane r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero, r5 = zero, r6 = zero;
        TLane r7 = zero, r8 = zero, r9 = zero, r10 = zero, r11 = zero, r12 = zero, r13 = zero;
        nint threeRows = 3 * aRow; // four rows to a pointer: an address has one register besides it
        Real* a4 = a + (4 * aRow), a8 = a + (8 * aRow), a12 = a + (12 * aRow);
        for (int k = depth; k > 0; k--)
        {
            TLane left = TLane.Load(b), right = TLane.Load(b + TLane.Width);
            TLane x = TLane.Broadcast(*a);
            l0 = TLane.MultiplyAdd(x, left, l0);
            r0 = TLane.MultiplyAdd(x, right, r0);
            x = TLane.Broadcast(a[aRow]);
            l1 = TLane.MultiplyAdd(x, left, l1);
            r1 = TLane.MultiplyAdd(x, right, r1);
            x = TLane.Broadcast(a[2 * aRow]);
            l2 = TLane.MultiplyAdd(x, left, l2);
            r2 = TLane.MultiplyAdd(x, right, r2);
            x = TLane.Broadcast(a[threeRows]);
            l3 = TLane.MultiplyAdd(x, left, l3);
            r3 = TLane.MultiplyAdd(x, right, r3);
            x = TLane.Broadcast(*a4);
            l4 = TLane.MultiplyAdd(x, left, l4);
            r4 = TLane.MultiplyAdd(x, right, r4);
            x = TLane.Broadcast(a4[aRow]);
            l5 = TLane.MultiplyAdd(x, left, l5);
            r5 = TLane.MultiplyAdd(x, right, r5);
            x = TLane.Broadcast(a4[2 * aRow]);
            l6 = TLane.MultiplyAdd(x, left, l6);
            r6 = TLane.MultiplyAdd(x, right, r6);
            x = TLane.Broadcast(a4[threeRows]);
            l7 = TLane.MultiplyAdd(x, left, l7);
            r7 = TLane.MultiplyAdd(x, right, r7);
            x = TLane.Broadcast(*a8);
            l8 = TLane.MultiplyAdd(x, left, l8);
            r8 = TLane.MultiplyAdd(x, right, r8);
            x = TLane.Broadcast(a8[aRow]);
            l9 = TLane.MultiplyAdd(x, left, l9);
            r9 = TLane.MultiplyAdd(x, right, r9);
            x = TLane.Broadcast(a8[2 * aRow]);
            l10 = TLane.MultiplyAdd(x, left, l10);
            r10 = TLane.MultiplyAdd(x, right, r10);
            x = TLane.Broadcast(a8[threeRows]);
            l11 = TLane.MultiplyAdd(x, left, l11);
            r11 = TLane.MultiplyAdd(x, right, r11);
            x = TLane.Broadcast(*a12);
            l12 = TLane.MultiplyAdd(x, left, l12);
            r12 = TLane.MultiplyAdd(x, right, r12);
            x = TLane.Broadcast(a12[aRow]);
            l13 = TLane.MultiplyAdd(x, left, l13);
            r13 = TLane.MultiplyAdd(x, right, r13);
            a += aStep;
            a4 += aStep;
            a8 += aStep;
            a12 += aStep;
            b += bStep;
        }

        TEnd.Store(l0, c);
        TEnd.Store(r0, c + TLane.Width);
        c += cRow;
        TEnd.Store(l1, c);
        TEnd.Store(r1, c + TLane.Width);
        c += cRow;
        TEnd.Store(l2, c);
        TEnd.Store(r2, c + TLane.Width);
        c += cRow;
        TEnd.Store(l3, c);
        TEnd.Store(r3, c + TLane.Width);
        c += cRow;
        TEnd.Store(l4, c);
        TEnd.Store(r4, c + TLane.Width);
        c += cRow;
        TEnd.Store(l5, c);
        TEnd.Store(r5, c + TLane.Width);
        c += cRow;
        TEnd.Store(l6, c);
        TEnd.Store(r6, c + TLane.Width);
        c += cRow;
        TEnd.Store(l7, c);
        TEnd.Store(r7, c + TLane.Width);
        c += cRow;
        TEnd.Store(l8, c);
        TEnd.Store(r8, c + TLane.Width);
        c += cRow;
        TEnd.Store(l9, c);
        TEnd.Store(r9, c + TLane.Width);
        c += cRow;
        TEnd.Store(l10, c);
        TEnd.Store(r10, c + TLane.Width);
        c += cRow;
        TEnd.Store(l11, c);
        TEnd.Store(r11, c + TLane.Width);
        c += cRow;
        TEnd.Store(l12, c);
        TEnd.Store(r12, c + TLane.Width);
        c += cRow;
        TEnd.Store(l13, c);
        TEnd.Store(r13, c + TLane.Width);
    }
}
