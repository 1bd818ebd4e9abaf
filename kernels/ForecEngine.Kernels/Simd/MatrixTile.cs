// The matrix product that the dense layer's forward and backward passes share:
//
//   C[r, c] = C0[r, c] + sum over k of A[r, k] B[k, c],   k = 0, 1, ... in order, one multiply-add each.
//
// A lane is a run of columns of one row of C. A tile of 4 rows x 2 vectors, or 8 x 1, keeps eight independent sums in
// registers: enough to hide the four-cycle latency of two multiply-adds a cycle. A is read one number at a time and
// broadcast; B's rows are contiguous vectors. Which tile covers an element never changes its chain of sums, so any
// tiling, any vector width and any split of rows over threads gives the same bits.

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels.Simd;

/// <summary>C = C0 + A B over strided host memory.</summary>
/// <remarks>
/// The caller owns the bounds: A is read at r ARow + k AStep, B at k BRow + c, C0 at r C0Row + c and C at r CRow + c,
/// for r &lt; Rows, c &lt; Columns, k &lt; Depth.
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
    public int Rows;
    public int Columns;
    public int Depth;

    /// <summary>Computes C with vectors of at most <paramref name="bits"/> bits.</summary>
    public readonly void Run(int bits)
    {
        int column = 0;
        if (bits >= 512)
            column = RunColumns<Lane512>(column);
        if (bits >= 256)
            column = RunColumns<Lane256>(column);
        column = RunColumns<Lane128>(column);
        RunColumns<ScalarLane>(column);
    }

    private readonly int RunColumns<TLane>(int column)
        where TLane : struct, IHostLane<TLane>
    {
        for (; column <= Columns - (2 * TLane.Width); column += 2 * TLane.Width)
        {
            int row = 0;
            for (; row <= Rows - 4; row += 4)
                Tile4x2<TLane>(row, column);
            for (; row < Rows; row++)
            {
                Tile1x1<TLane>(row, column);
                Tile1x1<TLane>(row, column + TLane.Width);
            }
        }

        for (; column <= Columns - TLane.Width; column += TLane.Width)
        {
            int row = 0;
            for (; row <= Rows - 8; row += 8)
                Tile8x1<TLane>(row, column);
            for (; row < Rows; row++)
                Tile1x1<TLane>(row, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Tile4x2<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        int second = TLane.Width;
        Real* c0 = C0 + (row * C0Row) + column;
        TLane s00 = TLane.Load(c0), s01 = TLane.Load(c0 + second);
        TLane s10 = TLane.Load(c0 + C0Row), s11 = TLane.Load(c0 + C0Row + second);
        TLane s20 = TLane.Load(c0 + (2 * C0Row)), s21 = TLane.Load(c0 + (2 * C0Row) + second);
        TLane s30 = TLane.Load(c0 + (3 * C0Row)), s31 = TLane.Load(c0 + (3 * C0Row) + second);
        Real* a = A + (row * ARow);
        Real* b = B + column;
        nint aRow = ARow, aStep = AStep, bRow = BRow;
        for (int k = Depth; k > 0; k--)
        {
            TLane b0 = TLane.Load(b), b1 = TLane.Load(b + second);
            TLane value = TLane.Broadcast(*a);
            s00 = TLane.MultiplyAdd(value, b0, s00);
            s01 = TLane.MultiplyAdd(value, b1, s01);
            value = TLane.Broadcast(a[aRow]);
            s10 = TLane.MultiplyAdd(value, b0, s10);
            s11 = TLane.MultiplyAdd(value, b1, s11);
            value = TLane.Broadcast(a[2 * aRow]);
            s20 = TLane.MultiplyAdd(value, b0, s20);
            s21 = TLane.MultiplyAdd(value, b1, s21);
            value = TLane.Broadcast(a[3 * aRow]);
            s30 = TLane.MultiplyAdd(value, b0, s30);
            s31 = TLane.MultiplyAdd(value, b1, s31);
            a += aStep;
            b += bRow;
        }

        Real* c = C + (row * CRow) + column;
        TLane.Store(s00, c);
        TLane.Store(s01, c + second);
        TLane.Store(s10, c + CRow);
        TLane.Store(s11, c + CRow + second);
        TLane.Store(s20, c + (2 * CRow));
        TLane.Store(s21, c + (2 * CRow) + second);
        TLane.Store(s30, c + (3 * CRow));
        TLane.Store(s31, c + (3 * CRow) + second);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Tile8x1<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        Real* c0 = C0 + (row * C0Row) + column;
        TLane s0 = TLane.Load(c0), s1 = TLane.Load(c0 + C0Row);
        TLane s2 = TLane.Load(c0 + (2 * C0Row)), s3 = TLane.Load(c0 + (3 * C0Row));
        TLane s4 = TLane.Load(c0 + (4 * C0Row)), s5 = TLane.Load(c0 + (5 * C0Row));
        TLane s6 = TLane.Load(c0 + (6 * C0Row)), s7 = TLane.Load(c0 + (7 * C0Row));
        nint aRow = ARow, aStep = AStep, bRow = BRow;
        Real* a = A + (row * aRow);
        Real* a4 = a + (4 * aRow);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            TLane value = TLane.Load(b);
            s0 = TLane.MultiplyAdd(TLane.Broadcast(*a), value, s0);
            s1 = TLane.MultiplyAdd(TLane.Broadcast(a[aRow]), value, s1);
            s2 = TLane.MultiplyAdd(TLane.Broadcast(a[2 * aRow]), value, s2);
            s3 = TLane.MultiplyAdd(TLane.Broadcast(a[3 * aRow]), value, s3);
            s4 = TLane.MultiplyAdd(TLane.Broadcast(*a4), value, s4);
            s5 = TLane.MultiplyAdd(TLane.Broadcast(a4[aRow]), value, s5);
            s6 = TLane.MultiplyAdd(TLane.Broadcast(a4[2 * aRow]), value, s6);
            s7 = TLane.MultiplyAdd(TLane.Broadcast(a4[3 * aRow]), value, s7);
            a += aStep;
            a4 += aStep;
            b += bRow;
        }

        Real* c = C + (row * CRow) + column;
        TLane.Store(s0, c);
        TLane.Store(s1, c + CRow);
        TLane.Store(s2, c + (2 * CRow));
        TLane.Store(s3, c + (3 * CRow));
        TLane.Store(s4, c + (4 * CRow));
        TLane.Store(s5, c + (5 * CRow));
        TLane.Store(s6, c + (6 * CRow));
        TLane.Store(s7, c + (7 * CRow));
    }

    private readonly void Tile1x1<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        TLane sum = TLane.Load(C0 + (row * C0Row) + column);
        Real* a = A + (row * ARow);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            sum = TLane.MultiplyAdd(TLane.Broadcast(*a), TLane.Load(b), sum);
            a += AStep;
            b += BRow;
        }

        TLane.Store(sum, C + (row * CRow) + column);
    }
}
