// A dense layer's weight, transposed to [in, out] for the forward product, so that a lane holds consecutive outputs. The bias is the last
// row.

namespace ForecEngine.Kernels.Simd;

/// <summary>Packs weights for <see cref="MatrixTile"/>.</summary>
internal static unsafe class PackedWeight
{
    /// <summary>The length of a packed weight.</summary>
    /// <exception cref="OverflowException">The length exceeds that of an array.</exception>
    public static int Length(int inputs, int outputs) => checked((inputs + 1) * outputs);

    /// <summary>Overwrites <paramref name="packed"/> with a weight [out, in] and a bias [out], or zeros if there is no bias.</summary>
    public static void Pack(Real* weight, Real* bias, int inputs, int outputs, Real* packed, int bits)
    {
        Sweep.Over(new Transpose(weight, inputs, packed, outputs), 0, outputs, bits);
        Span<Real> bottom = new(packed + ((nint)inputs * outputs), outputs);
        if (bias is null)
            bottom.Clear();
        else
            new ReadOnlySpan<Real>(bias, outputs).CopyTo(bottom);
    }

    // Rows of [rows, columns] x become columns of [columns, rows] y.
    private readonly struct Transpose(Real* x, int columns, Real* y, int rows) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int i)
            where TLane : struct, IHostLane<TLane>
        {
            Real* from = x + ((nint)i * columns), to = y + i;
            int column = 0;
            for (; column <= columns - 4; column += 4, to += 4 * (nint)rows)
            {
                TLane.LoadColumns(from + column, columns, out TLane c0, out TLane c1, out TLane c2, out TLane c3);
                TLane.Store(c0, to);
                TLane.Store(c1, to + rows);
                TLane.Store(c2, to + (2 * (nint)rows));
                TLane.Store(c3, to + (3 * (nint)rows));
            }

            for (; column < columns; column++, to += rows)
                TLane.Store(TLane.LoadColumn(from + column, columns), to);
        }
    }
}
