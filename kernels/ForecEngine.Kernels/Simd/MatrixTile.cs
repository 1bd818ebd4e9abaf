// The matrix product that the dense layer's forward and backward passes share:
//
//   C[r, c] = C0[r, c] + sum over k of A[r, k] B[k, c],   k = 0, 1, ... in order, one multiply-add each.
//
// A lane is a run of columns of one row of C. A tile of 4 rows x 2 vectors, or 8 x 1, keeps eight independent sums in
// registers: enough to hide the four-cycle latency of two multiply-adds a cycle. 512-bit vectors have 32 registers, and
// tiles twice as high. A is read one number at a time and broadcast; B's rows are contiguous vectors. Which tile covers an
// element never changes its chain of sums, so any tiling, any vector width and any split of rows over threads gives the
// same bits. Where a chain begins and what becomes of its sum, TEnds says (Simd/TileEnds).

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels.Simd;

/// <summary>C = C0 + A B over strided host memory.</summary>
/// <remarks>
/// The caller owns the bounds: A is read at r ARow + k AStep, B at k BRow + c, C0 at r C0Row + c, C at r CRow + c, and
/// Sides further on, for r &lt; Rows, c &lt; Columns, k &lt; Depth.
/// </remarks>
internal unsafe struct MatrixTile
{
    public Real* A;
    public nint ARow;
    public nint AStep;
    public Real* B;
    public nint BRow;
    public Real* C0;
    public nint C0Row;
    public Real* C;
    public nint CRow;

    /// <summary>How many elements past C begins what a rectifier upstream gave, laid out as C is; for <see cref="RectifierAdjoint"/> alone.</summary>
    public nint Sides;

    /// <summary>The sums of C's columns, added to where <see cref="ITileEnds.SumsColumns"/>. Tiles go down the rows, and so do the chains of these.</summary>
    public Real* Totals;

    public int Rows;
    public int Columns;
    public int Depth;

    /// <summary>Computes C with vectors of at most <paramref name="bits"/> bits.</summary>
    public readonly void Run<TEnds>(int bits)
        where TEnds : struct, ITileEnds
    {
        int column = 0;
        if (bits >= 512)
            column = RunColumns<Lane512, TEnds>(column);
        if (bits >= 256)
            column = RunColumns<Lane256, TEnds>(column);
        column = RunColumns<Lane128, TEnds>(column);
        RunColumns<ScalarLane, TEnds>(column);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int RunColumns<TLane, TEnds>(int column)
        where TLane : struct, IHostLane<TLane>
        where TEnds : struct, ITileEnds
    {
        bool high = typeof(TLane) == typeof(Lane512);
        for (; column <= Columns - (2 * TLane.Width); column += 2 * TLane.Width)
        {
            int row = 0;
            for (; high && row <= Rows - 8; row += 8)
                Tile8x2<TLane, TEnds>(row, column);
            for (; row <= Rows - 4; row += 4)
                Tile4x2<TLane, TEnds>(row, column);
            for (; row < Rows; row++)
            {
                Tile1x1<TLane, TEnds>(row, column);
                Tile1x1<TLane, TEnds>(row, column + TLane.Width);
            }
        }

        for (; column <= Columns - TLane.Width; column += TLane.Width)
        {
            int row = 0;
            for (; high && row <= Rows - 16; row += 16)
                Tile16x1<TLane, TEnds>(row, column);
            for (; row <= Rows - 8; row += 8)
                Tile8x1<TLane, TEnds>(row, column);
            for (; row < Rows; row++)
                Tile1x1<TLane, TEnds>(row, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Tile4x2<TLane, TEnds>(int row, int column)
        where TLane : struct, IHostLane<TLane>
        where TEnds : struct, ITileEnds
    {
        int second = TLane.Width;
        nint step = C0Row;
        Real* c0 = C0 + (row * step) + column;
        TLane s00 = TEnds.First<TLane>(c0), s01 = TEnds.First<TLane>(c0 + second);
        TLane s10 = TEnds.First<TLane>(c0 + step), s11 = TEnds.First<TLane>(c0 + step + second);
        TLane s20 = TEnds.First<TLane>(c0 + (2 * step)), s21 = TEnds.First<TLane>(c0 + (2 * step) + second);
        TLane s30 = TEnds.First<TLane>(c0 + (3 * step)), s31 = TEnds.First<TLane>(c0 + (3 * step) + second);
        nint a1 = ARow, a2 = 2 * a1, a3 = 3 * a1, aStep = AStep, bRow = BRow;
        Real* a = A + (row * a1);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            TLane b0 = TLane.Load(b), b1 = TLane.Load(b + second);
            TLane value = TLane.Broadcast(*a);
            s00 = TLane.MultiplyAdd(value, b0, s00);
            s01 = TLane.MultiplyAdd(value, b1, s01);
            value = TLane.Broadcast(a[a1]);
            s10 = TLane.MultiplyAdd(value, b0, s10);
            s11 = TLane.MultiplyAdd(value, b1, s11);
            value = TLane.Broadcast(a[a2]);
            s20 = TLane.MultiplyAdd(value, b0, s20);
            s21 = TLane.MultiplyAdd(value, b1, s21);
            value = TLane.Broadcast(a[a3]);
            s30 = TLane.MultiplyAdd(value, b0, s30);
            s31 = TLane.MultiplyAdd(value, b1, s31);
            a += aStep;
            b += bRow;
        }

        step = CRow;
        Real* c = C + (row * step) + column;
        nint sides = Sides;
        s00 = TEnds.Last(s00, c, sides);
        s01 = TEnds.Last(s01, c + second, sides);
        s10 = TEnds.Last(s10, c + step, sides);
        s11 = TEnds.Last(s11, c + step + second, sides);
        s20 = TEnds.Last(s20, c + (2 * step), sides);
        s21 = TEnds.Last(s21, c + (2 * step) + second, sides);
        s30 = TEnds.Last(s30, c + (3 * step), sides);
        s31 = TEnds.Last(s31, c + (3 * step) + second, sides);
        if (TEnds.SumsColumns)
        {
            Real* totals = Totals + column;
            TLane.Store(TLane.Load(totals) + s00 + s10 + s20 + s30, totals);
            TLane.Store(TLane.Load(totals + second) + s01 + s11 + s21 + s31, totals + second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Tile8x2<TLane, TEnds>(int row, int column)
        where TLane : struct, IHostLane<TLane>
        where TEnds : struct, ITileEnds
    {
        int second = TLane.Width;
        nint step = C0Row;
        Real* c0 = C0 + (row * step) + column;
        TLane s00 = TEnds.First<TLane>(c0), s01 = TEnds.First<TLane>(c0 + second);
        TLane s10 = TEnds.First<TLane>(c0 + step), s11 = TEnds.First<TLane>(c0 + step + second);
        TLane s20 = TEnds.First<TLane>(c0 + (2 * step)), s21 = TEnds.First<TLane>(c0 + (2 * step) + second);
        TLane s30 = TEnds.First<TLane>(c0 + (3 * step)), s31 = TEnds.First<TLane>(c0 + (3 * step) + second);
        TLane s40 = TEnds.First<TLane>(c0 + (4 * step)), s41 = TEnds.First<TLane>(c0 + (4 * step) + second);
        TLane s50 = TEnds.First<TLane>(c0 + (5 * step)), s51 = TEnds.First<TLane>(c0 + (5 * step) + second);
        TLane s60 = TEnds.First<TLane>(c0 + (6 * step)), s61 = TEnds.First<TLane>(c0 + (6 * step) + second);
        TLane s70 = TEnds.First<TLane>(c0 + (7 * step)), s71 = TEnds.First<TLane>(c0 + (7 * step) + second);
        nint a1 = ARow, a2 = 2 * a1, a3 = 3 * a1, a4 = 4 * a1, a5 = 5 * a1, a6 = 6 * a1, a7 = 7 * a1, aStep = AStep, bRow = BRow;
        Real* a = A + (row * a1);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            TLane b0 = TLane.Load(b), b1 = TLane.Load(b + second);
            TLane value = TLane.Broadcast(*a);
            s00 = TLane.MultiplyAdd(value, b0, s00);
            s01 = TLane.MultiplyAdd(value, b1, s01);
            value = TLane.Broadcast(a[a1]);
            s10 = TLane.MultiplyAdd(value, b0, s10);
            s11 = TLane.MultiplyAdd(value, b1, s11);
            value = TLane.Broadcast(a[a2]);
            s20 = TLane.MultiplyAdd(value, b0, s20);
            s21 = TLane.MultiplyAdd(value, b1, s21);
            value = TLane.Broadcast(a[a3]);
            s30 = TLane.MultiplyAdd(value, b0, s30);
            s31 = TLane.MultiplyAdd(value, b1, s31);
            value = TLane.Broadcast(a[a4]);
            s40 = TLane.MultiplyAdd(value, b0, s40);
            s41 = TLane.MultiplyAdd(value, b1, s41);
            value = TLane.Broadcast(a[a5]);
            s50 = TLane.MultiplyAdd(value, b0, s50);
            s51 = TLane.MultiplyAdd(value, b1, s51);
            value = TLane.Broadcast(a[a6]);
            s60 = TLane.MultiplyAdd(value, b0, s60);
            s61 = TLane.MultiplyAdd(value, b1, s61);
            value = TLane.Broadcast(a[a7]);
            s70 = TLane.MultiplyAdd(value, b0, s70);
            s71 = TLane.MultiplyAdd(value, b1, s71);
            a += aStep;
            b += bRow;
        }

        step = CRow;
        Real* c = C + (row * step) + column;
        nint sides = Sides;
        s00 = TEnds.Last(s00, c, sides);
        s01 = TEnds.Last(s01, c + second, sides);
        s10 = TEnds.Last(s10, c + step, sides);
        s11 = TEnds.Last(s11, c + step + second, sides);
        s20 = TEnds.Last(s20, c + (2 * step), sides);
        s21 = TEnds.Last(s21, c + (2 * step) + second, sides);
        s30 = TEnds.Last(s30, c + (3 * step), sides);
        s31 = TEnds.Last(s31, c + (3 * step) + second, sides);
        s40 = TEnds.Last(s40, c + (4 * step), sides);
        s41 = TEnds.Last(s41, c + (4 * step) + second, sides);
        s50 = TEnds.Last(s50, c + (5 * step), sides);
        s51 = TEnds.Last(s51, c + (5 * step) + second, sides);
        s60 = TEnds.Last(s60, c + (6 * step), sides);
        s61 = TEnds.Last(s61, c + (6 * step) + second, sides);
        s70 = TEnds.Last(s70, c + (7 * step), sides);
        s71 = TEnds.Last(s71, c + (7 * step) + second, sides);
        if (TEnds.SumsColumns)
        {
            Real* totals = Totals + column;
            TLane.Store(TLane.Load(totals) + s00 + s10 + s20 + s30 + s40 + s50 + s60 + s70, totals);
            TLane.Store(TLane.Load(totals + second) + s01 + s11 + s21 + s31 + s41 + s51 + s61 + s71, totals + second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Tile8x1<TLane, TEnds>(int row, int column)
        where TLane : struct, IHostLane<TLane>
        where TEnds : struct, ITileEnds
    {
        nint step = C0Row;
        Real* c0 = C0 + (row * step) + column;
        TLane s0 = TEnds.First<TLane>(c0);
        TLane s1 = TEnds.First<TLane>(c0 + step);
        TLane s2 = TEnds.First<TLane>(c0 + (2 * step));
        TLane s3 = TEnds.First<TLane>(c0 + (3 * step));
        TLane s4 = TEnds.First<TLane>(c0 + (4 * step));
        TLane s5 = TEnds.First<TLane>(c0 + (5 * step));
        TLane s6 = TEnds.First<TLane>(c0 + (6 * step));
        TLane s7 = TEnds.First<TLane>(c0 + (7 * step));
        nint a1 = ARow, a2 = 2 * a1, a3 = 3 * a1, a4 = 4 * a1, a5 = 5 * a1, a6 = 6 * a1, a7 = 7 * a1, aStep = AStep, bRow = BRow;
        Real* a = A + (row * a1);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            TLane value = TLane.Load(b);
            s0 = TLane.MultiplyAddOne(a, value, s0);
            s1 = TLane.MultiplyAddOne(a + a1, value, s1);
            s2 = TLane.MultiplyAddOne(a + a2, value, s2);
            s3 = TLane.MultiplyAddOne(a + a3, value, s3);
            s4 = TLane.MultiplyAddOne(a + a4, value, s4);
            s5 = TLane.MultiplyAddOne(a + a5, value, s5);
            s6 = TLane.MultiplyAddOne(a + a6, value, s6);
            s7 = TLane.MultiplyAddOne(a + a7, value, s7);
            a += aStep;
            b += bRow;
        }

        step = CRow;
        Real* c = C + (row * step) + column;
        nint sides = Sides;
        s0 = TEnds.Last(s0, c, sides);
        s1 = TEnds.Last(s1, c + step, sides);
        s2 = TEnds.Last(s2, c + (2 * step), sides);
        s3 = TEnds.Last(s3, c + (3 * step), sides);
        s4 = TEnds.Last(s4, c + (4 * step), sides);
        s5 = TEnds.Last(s5, c + (5 * step), sides);
        s6 = TEnds.Last(s6, c + (6 * step), sides);
        s7 = TEnds.Last(s7, c + (7 * step), sides);
        if (TEnds.SumsColumns)
            TLane.Store(TLane.Load(Totals + column) + s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7, Totals + column);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Tile16x1<TLane, TEnds>(int row, int column)
        where TLane : struct, IHostLane<TLane>
        where TEnds : struct, ITileEnds
    {
        nint step = C0Row;
        Real* c0 = C0 + (row * step) + column;
        TLane s0 = TEnds.First<TLane>(c0);
        TLane s1 = TEnds.First<TLane>(c0 + step);
        TLane s2 = TEnds.First<TLane>(c0 + (2 * step));
        TLane s3 = TEnds.First<TLane>(c0 + (3 * step));
        TLane s4 = TEnds.First<TLane>(c0 + (4 * step));
        TLane s5 = TEnds.First<TLane>(c0 + (5 * step));
        TLane s6 = TEnds.First<TLane>(c0 + (6 * step));
        TLane s7 = TEnds.First<TLane>(c0 + (7 * step));
        TLane s8 = TEnds.First<TLane>(c0 + (8 * step));
        TLane s9 = TEnds.First<TLane>(c0 + (9 * step));
        TLane s10 = TEnds.First<TLane>(c0 + (10 * step));
        TLane s11 = TEnds.First<TLane>(c0 + (11 * step));
        TLane s12 = TEnds.First<TLane>(c0 + (12 * step));
        TLane s13 = TEnds.First<TLane>(c0 + (13 * step));
        TLane s14 = TEnds.First<TLane>(c0 + (14 * step));
        TLane s15 = TEnds.First<TLane>(c0 + (15 * step));
        nint a1 = ARow, a2 = 2 * a1, a3 = 3 * a1, a4 = 4 * a1, a5 = 5 * a1, a6 = 6 * a1, a7 = 7 * a1, aStep = AStep, bRow = BRow;
        Real* a = A + (row * a1);
        Real* low = a + (8 * a1);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            TLane value = TLane.Load(b);
            s0 = TLane.MultiplyAddOne(a, value, s0);
            s1 = TLane.MultiplyAddOne(a + a1, value, s1);
            s2 = TLane.MultiplyAddOne(a + a2, value, s2);
            s3 = TLane.MultiplyAddOne(a + a3, value, s3);
            s4 = TLane.MultiplyAddOne(a + a4, value, s4);
            s5 = TLane.MultiplyAddOne(a + a5, value, s5);
            s6 = TLane.MultiplyAddOne(a + a6, value, s6);
            s7 = TLane.MultiplyAddOne(a + a7, value, s7);
            s8 = TLane.MultiplyAddOne(low, value, s8);
            s9 = TLane.MultiplyAddOne(low + a1, value, s9);
            s10 = TLane.MultiplyAddOne(low + a2, value, s10);
            s11 = TLane.MultiplyAddOne(low + a3, value, s11);
            s12 = TLane.MultiplyAddOne(low + a4, value, s12);
            s13 = TLane.MultiplyAddOne(low + a5, value, s13);
            s14 = TLane.MultiplyAddOne(low + a6, value, s14);
            s15 = TLane.MultiplyAddOne(low + a7, value, s15);
            a += aStep;
            low += aStep;
            b += bRow;
        }

        step = CRow;
        Real* c = C + (row * step) + column;
        nint sides = Sides;
        s0 = TEnds.Last(s0, c, sides);
        s1 = TEnds.Last(s1, c + step, sides);
        s2 = TEnds.Last(s2, c + (2 * step), sides);
        s3 = TEnds.Last(s3, c + (3 * step), sides);
        s4 = TEnds.Last(s4, c + (4 * step), sides);
        s5 = TEnds.Last(s5, c + (5 * step), sides);
        s6 = TEnds.Last(s6, c + (6 * step), sides);
        s7 = TEnds.Last(s7, c + (7 * step), sides);
        s8 = TEnds.Last(s8, c + (8 * step), sides);
        s9 = TEnds.Last(s9, c + (9 * step), sides);
        s10 = TEnds.Last(s10, c + (10 * step), sides);
        s11 = TEnds.Last(s11, c + (11 * step), sides);
        s12 = TEnds.Last(s12, c + (12 * step), sides);
        s13 = TEnds.Last(s13, c + (13 * step), sides);
        s14 = TEnds.Last(s14, c + (14 * step), sides);
        s15 = TEnds.Last(s15, c + (15 * step), sides);
        if (TEnds.SumsColumns)
            TLane.Store(TLane.Load(Totals + column) + s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + s12 + s13 + s14 + s15, Totals + column);
    }

    private readonly void Tile1x1<TLane, TEnds>(int row, int column)
        where TLane : struct, IHostLane<TLane>
        where TEnds : struct, ITileEnds
    {
        TLane sum = TEnds.First<TLane>(C0 + (row * C0Row) + column);
        Real* a = A + (row * ARow);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            sum = TLane.MultiplyAddOne(a, TLane.Load(b), sum);
            a += AStep;
            b += BRow;
        }

        sum = TEnds.Last(sum, C + (row * CRow) + column, Sides);
        if (TEnds.SumsColumns)
            TLane.Store(TLane.Load(Totals + column) + sum, Totals + column);
    }
}
