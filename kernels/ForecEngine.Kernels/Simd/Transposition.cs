// The transposition of a matrix, in lanes down its columns: y[c, r] = x[r, c]. Four columns are read together, in about the time of one.

namespace ForecEngine.Kernels.Simd;

/// <summary>The sweep over the rows of x, which are <paramref name="xRow"/> apart; those of y are <paramref name="yRow"/> apart.</summary>
internal readonly unsafe struct Transposition(Real* x, nint xRow, int columns, Real* y, nint yRow) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane>
    {
        Real* from = x + (i * xRow), to = y + i;
        int column = 0;
        for (; column <= columns - 4; column += 4, to += 4 * yRow)
        {
            TLane.LoadColumns(from + column, xRow, out TLane c0, out TLane c1, out TLane c2, out TLane c3);
            TLane.Store(c0, to);
            TLane.Store(c1, to + yRow);
            TLane.Store(c2, to + (2 * yRow));
            TLane.Store(c3, to + (3 * yRow));
        }

        for (; column < columns; column++, to += yRow)
            TLane.Store(TLane.LoadColumn(from + column, xRow), to);
    }
}
