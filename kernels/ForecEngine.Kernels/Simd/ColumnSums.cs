// The adjoint of a bias: sums[i] += y[0, i] + y[1, i] + ... This sum starts at 0 and adds rows in ascending order (Ops/DenseLayer). A lane
// holds consecutive columns; four lanes go down the rows at a time, so that their latencies overlap.

namespace ForecEngine.Kernels.Simd;

/// <summary>The sums of the columns of a matrix whose rows are <paramref name="stride"/> apart, added to existing values.</summary>
internal readonly unsafe struct ColumnSums(Real* y, nint stride, int rows, Real* sums)
{
    /// <summary>Sums the first <paramref name="columns"/> columns with vectors of at most <paramref name="bits"/> bits.</summary>
    public void Run(int columns, int bits)
    {
        int column = 0;
        if (bits >= 512)
            column = With<Lane512>(column, columns);
        if (bits >= 256)
            column = With<Lane256>(column, columns);
        column = With<Lane128>(column, columns);
        With<ScalarLane>(column, columns);
    }

    private int With<TLane>(int column, int columns)
        where TLane : struct, IHostLane<TLane>
    {
        int w = TLane.Width;
        for (; column <= columns - (4 * w); column += 4 * w)
        {
            Real* from = y + column;
            TLane s0 = TLane.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (int row = rows; row > 0; row--, from += stride)
            {
                s0 += TLane.Load(from);
                s1 += TLane.Load(from + w);
                s2 += TLane.Load(from + (2 * w));
                s3 += TLane.Load(from + (3 * w));
            }

            TLane.Store(TLane.Load(sums + column) + s0, sums + column);
            TLane.Store(TLane.Load(sums + column + w) + s1, sums + column + w);
            TLane.Store(TLane.Load(sums + column + (2 * w)) + s2, sums + column + (2 * w));
            TLane.Store(TLane.Load(sums + column + (3 * w)) + s3, sums + column + (3 * w));
        }

        for (; column <= columns - w; column += w)
        {
            Real* from = y + column;
            TLane sum = TLane.Broadcast(0);
            for (int row = rows; row > 0; row--, from += stride)
                sum += TLane.Load(from);
            TLane.Store(TLane.Load(sums + column) + sum, sums + column);
        }

        return column;
    }
}
