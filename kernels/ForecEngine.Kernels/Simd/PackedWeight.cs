// A dense layer's weight as its forward product reads it: [in, out], for lanes to run along the outputs, with the bias as one row more.

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels.Simd;

/// <summary>Lays a weight out for <see cref="MatrixTile"/>.</summary>
internal static unsafe class PackedWeight
{
    /// <summary>How many numbers the layout has.</summary>
    /// <exception cref="OverflowException">More than an array has.</exception>
    public static int Length(int inputs, int outputs) => checked((inputs + 1) * outputs);

    /// <summary>Overwrites <paramref name="packed"/> with a weight [out, in] and a bias [out], or zeros where there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Pack(Real* weight, Real* bias, int inputs, int outputs, Real* packed)
    {
        // Four outputs at a time: numbers that are written one after another lie in the same cache line.
        int o = 0;
        for (; o <= outputs - 4; o += 4)
        {
            Real* to = packed + o, w0 = weight + ((nint)o * inputs), w1 = w0 + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
            for (nint i = 0; i < inputs; i++, to += outputs)
            {
                to[0] = w0[i];
                to[1] = w1[i];
                to[2] = w2[i];
                to[3] = w3[i];
            }
        }

        for (; o < outputs; o++)
        {
            for (nint i = 0; i < inputs; i++)
                packed[(i * outputs) + o] = weight[((nint)o * inputs) + i];
        }

        Span<Real> bottom = new(packed + ((nint)inputs * outputs), outputs);
        if (bias is null)
            bottom.Clear();
        else
            new ReadOnlySpan<Real>(bias, outputs).CopyTo(bottom);
    }
}
