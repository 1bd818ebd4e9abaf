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
        Sweep.Over(new Transposition(weight, inputs, inputs, packed, outputs), 0, outputs, bits);
        Span<Real> bottom = new(packed + ((nint)inputs * outputs), outputs);
        if (bias is null)
            bottom.Clear();
        else
            new ReadOnlySpan<Real>(bias, outputs).CopyTo(bottom);
    }
}
