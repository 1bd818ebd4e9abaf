// The matrix product that the dense layer's forward and backward passes share:
//
//   C[r, c] = C0[r, c] + sum over k of A[r, k] B[k, c],   k = 0, 1, ... in order, one multiply-add each.
//
// A lane holds consecutive columns of one row of C. C is cut into tiles, whose sums stay in registers (TileSums.cs). A tile has at least
// eight vector sums: enough to hide a latency of four cycles at two multiply-adds a cycle. A is read one number at a time and broadcast;
// the rows of B are contiguous vectors. The tile that covers an element never changes the order of its additions. So any tiling, any vector
// width and any split of the rows over threads gives the same bits. TEnd stores the finished sums (TileEnds.cs).

namespace ForecEngine.Kernels.Simd;

/// <summary>C = C0 + A B over strided host memory.</summary>
/// <remarks>
/// The caller checks the bounds: A is read at r ARow + k AStep, B at k BRow + c, C0 at r C0Row + c, C at r CRow + c, and
/// Sides further on, for r &lt; Rows, c &lt; Columns, k &lt; Depth.
/// </remarks>
internal unsafe struct MatrixTile
{
    public Real* A;
    public nint ARow;
    public nint AStep;
    public Real* B;
    public nint BRow;

    /// <summary>The initial values of the sums; null for 0.</summary>
    public Real* C0;
    public nint C0Row;
    public Real* C;
    public nint CRow;

    /// <summary>The distance, in elements, from C to the ReLU's output, laid out as C; <see cref="RectifierAdjoint"/> reads it.</summary>
    public nint Sides;

    /// <summary>The sums of the columns of C, in the order of the rows; added to if <see cref="ITileEnd.SumsColumns"/>.</summary>
    public Real* Totals;

    public int Rows;
    public int Columns;
    public int Depth;

    /// <summary>Computes C with vectors of at most <paramref name="bits"/> bits.</summary>
    public readonly void Run<TEnd>(int bits)
        where TEnd : struct, ITileEnd
    {
        // With 512-bit vectors there are 32 registers, enough for a tile of 16 vectors; otherwise at least 16, enough for 8. There are few
        // kinds of tiles, because JIT compilation of each delays a short training.
        int column = 0;
        if (bits >= 512)
            column = Eights<OneVector<Lane512>, TEnd>(Eights<TwoVectors<Lane512>, TEnd>(column));
        if (bits == 256)
            column = Fours<TwoVectors<Lane256>, TEnd>(column);
        if (bits >= 256)
            column = Eights<OneVector<Lane256>, TEnd>(column);
        column = Eights<OneVector<Lane128>, TEnd>(column);
        Eights<OneVector<ScalarLane>, TEnd>(column);
    }

    private readonly int Fours<TRow, TEnd>(int column)
        where TRow : struct, ITileRow<TRow>
        where TEnd : struct, ITileEnd =>
        Strips<RowPair<RowPair<TRow, TRow>, TRow>, TRow, TEnd>(column);

    private readonly int Eights<TRow, TEnd>(int column)
        where TRow : struct, ITileRow<TRow>
        where TEnd : struct, ITileEnd =>
        Strips<RowPair<RowPair<RowPair<TRow, TRow>, TRow>, TRow>, TRow, TEnd>(column);

    // Computes columns from this one on in whole tiles, and returns the first remaining column.
    private readonly int Strips<TTile, TRow, TEnd>(int column)
        where TTile : struct, ITileSums<TRow>
        where TRow : struct, ITileRow<TRow>
        where TEnd : struct, ITileEnd
    {
        for (; column <= Columns - TRow.Width; column += TRow.Width)
        {
            int row = 0;
            for (; row <= Rows - TTile.Rows; row += TTile.Rows)
                Compute<TTile, TRow, TEnd>(row, column);
            for (; row < Rows; row++)
                Compute<TRow, TRow, TEnd>(row, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Compute<TTile, TRow, TEnd>(int row, int column)
        where TTile : struct, ITileSums<TRow>
        where TRow : struct, ITileRow<TRow>
        where TEnd : struct, ITileEnd
    {
        Unsafe.SkipInit(out TTile sums); // initialised by the next statement
        if (C0 is null)
            sums.Clear();
        else
            sums.Begin(C0 + (row * C0Row) + column, C0Row);
        nint aRow = ARow, aStep = AStep, bRow = BRow;
        Real* a = A + (row * aRow);
        Real* b = B + column;
        for (int k = Depth; k > 0; k--)
        {
            sums.MultiplyAdd(a, aRow, TRow.Load(b));
            a += aStep;
            b += bRow;
        }

        sums.Finish<TEnd>(C + (row * CRow) + column, CRow, Sides);
        if (TEnd.SumsColumns)
        {
            TRow totals = TRow.Load(Totals + column);
            sums.AddTo(ref totals);
            totals.Store(Totals + column);
        }
    }
}
