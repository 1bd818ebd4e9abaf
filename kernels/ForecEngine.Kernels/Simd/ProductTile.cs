// The sums of one tile of a matrix product, in registers. A lane holds consecutive columns of one row of C; a row of a tile is two lanes.
// Both factors are packed (PackedPanel.cs): step k reads the tile's numbers of A and two lanes of B, all contiguous. Every sum is one chain
// of multiply-adds over k, so the shape of a tile does not change a bit.
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

    /// <summary>Overwrites sums, [Rows, Columns], with the product of two panels of <paramref name="depth"/> steps.</summary>
    static abstract void Sum(Real* a, Real* b, int depth, Real* sums);
}

/// <summary>Six rows of two lanes, for 16 registers.</summary>
internal readonly unsafe struct SixRows<TLane> : IProductTile
    where TLane : struct, IHostLane<TLane>
{
    public static int Rows => 6;

    public static int Columns => 2 * TLane.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sum(Real* a, Real* b, int depth, Real* sums)
    {
        TLane l0 = TLane.Broadcast(0), l1 = l0, l2 = l0, l3 = l0, l4 = l0, l5 = l0;
        TLane r0 = l0, r1 = l0, r2 = l0, r3 = l0, r4 = l0, r5 = l0;
        for (int k = depth; k > 0; k--)
        {
            TLane left = TLane.Load(b), right = TLane.Load(b + TLane.Width);
            TLane x = TLane.Broadcast(a[0]);
            l0 = TLane.MultiplyAdd(x, left, l0);
            r0 = TLane.MultiplyAdd(x, right, r0);
            x = TLane.Broadcast(a[1]);
            l1 = TLane.MultiplyAdd(x, left, l1);
            r1 = TLane.MultiplyAdd(x, right, r1);
            x = TLane.Broadcast(a[2]);
            l2 = TLane.MultiplyAdd(x, left, l2);
            r2 = TLane.MultiplyAdd(x, right, r2);
            x = TLane.Broadcast(a[3]);
            l3 = TLane.MultiplyAdd(x, left, l3);
            r3 = TLane.MultiplyAdd(x, right, r3);
            x = TLane.Broadcast(a[4]);
            l4 = TLane.MultiplyAdd(x, left, l4);
            r4 = TLane.MultiplyAdd(x, right, r4);
            x = TLane.Broadcast(a[5]);
            l5 = TLane.MultiplyAdd(x, left, l5);
            r5 = TLane.MultiplyAdd(x, right, r5);
            a += 6;
            b += 2 * TLane.Width;
        }

        Store(l0, r0, sums);
        Store(l1, r1, sums + (2 * TLane.Width));
        Store(l2, r2, sums + (4 * TLane.Width));
        Store(l3, r3, sums + (6 * TLane.Width));
        Store(l4, r4, sums + (8 * TLane.Width));
        Store(l5, r5, sums + (10 * TLane.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLane left, TLane right, Real* row)
    {
        TLane.Store(left, row);
        TLane.Store(right, row + TLane.Width);
    }
}

/// <summary>Fourteen rows of two lanes, for 32 registers.</summary>
internal readonly unsafe struct FourteenRows<TLane> : IProductTile
    where TLane : struct, IHostLane<TLane>
{
    public static int Rows => 14;

    public static int Columns => 2 * TLane.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sum(Real* a, Real* b, int depth, Real* sums)
    {
        TLane l0 = TLane.Broadcast(0), l1 = l0, l2 = l0, l3 = l0, l4 = l0, l5 = l0, l6 = l0;
        TLane l7 = l0, l8 = l0, l9 = l0, l10 = l0, l11 = l0, l12 = l0, l13 = l0;
        TLane r0 = l0, r1 = l0, r2 = l0, r3 = l0, r4 = l0, r5 = l0, r6 = l0;
        TLane r7 = l0, r8 = l0, r9 = l0, r10 = l0, r11 = l0, r12 = l0, r13 = l0;
        for (int k = depth; k > 0; k--)
        {
            TLane left = TLane.Load(b), right = TLane.Load(b + TLane.Width);
            TLane x = TLane.Broadcast(a[0]);
            l0 = TLane.MultiplyAdd(x, left, l0);
            r0 = TLane.MultiplyAdd(x, right, r0);
            x = TLane.Broadcast(a[1]);
            l1 = TLane.MultiplyAdd(x, left, l1);
            r1 = TLane.MultiplyAdd(x, right, r1);
            x = TLane.Broadcast(a[2]);
            l2 = TLane.MultiplyAdd(x, left, l2);
            r2 = TLane.MultiplyAdd(x, right, r2);
            x = TLane.Broadcast(a[3]);
            l3 = TLane.MultiplyAdd(x, left, l3);
            r3 = TLane.MultiplyAdd(x, right, r3);
            x = TLane.Broadcast(a[4]);
            l4 = TLane.MultiplyAdd(x, left, l4);
            r4 = TLane.MultiplyAdd(x, right, r4);
            x = TLane.Broadcast(a[5]);
            l5 = TLane.MultiplyAdd(x, left, l5);
            r5 = TLane.MultiplyAdd(x, right, r5);
            x = TLane.Broadcast(a[6]);
            l6 = TLane.MultiplyAdd(x, left, l6);
            r6 = TLane.MultiplyAdd(x, right, r6);
            x = TLane.Broadcast(a[7]);
            l7 = TLane.MultiplyAdd(x, left, l7);
            r7 = TLane.MultiplyAdd(x, right, r7);
            x = TLane.Broadcast(a[8]);
            l8 = TLane.MultiplyAdd(x, left, l8);
            r8 = TLane.MultiplyAdd(x, right, r8);
            x = TLane.Broadcast(a[9]);
            l9 = TLane.MultiplyAdd(x, left, l9);
            r9 = TLane.MultiplyAdd(x, right, r9);
            x = TLane.Broadcast(a[10]);
            l10 = TLane.MultiplyAdd(x, left, l10);
            r10 = TLane.MultiplyAdd(x, right, r10);
            x = TLane.Broadcast(a[11]);
            l11 = TLane.MultiplyAdd(x, left, l11);
            r11 = TLane.MultiplyAdd(x, right, r11);
            x = TLane.Broadcast(a[12]);
            l12 = TLane.MultiplyAdd(x, left, l12);
            r12 = TLane.MultiplyAdd(x, right, r12);
            x = TLane.Broadcast(a[13]);
            l13 = TLane.MultiplyAdd(x, left, l13);
            r13 = TLane.MultiplyAdd(x, right, r13);
            a += 14;
            b += 2 * TLane.Width;
        }

        Store(l0, r0, sums);
        Store(l1, r1, sums + (2 * TLane.Width));
        Store(l2, r2, sums + (4 * TLane.Width));
        Store(l3, r3, sums + (6 * TLane.Width));
        Store(l4, r4, sums + (8 * TLane.Width));
        Store(l5, r5, sums + (10 * TLane.Width));
        Store(l6, r6, sums + (12 * TLane.Width));
        Store(l7, r7, sums + (14 * TLane.Width));
        Store(l8, r8, sums + (16 * TLane.Width));
        Store(l9, r9, sums + (18 * TLane.Width));
        Store(l10, r10, sums + (20 * TLane.Width));
        Store(l11, r11, sums + (22 * TLane.Width));
        Store(l12, r12, sums + (24 * TLane.Width));
        Store(l13, r13, sums + (26 * TLane.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLane left, TLane right, Real* row)
    {
        TLane.Store(left, row);
        TLane.Store(right, row + TLane.Width);
    }
}
