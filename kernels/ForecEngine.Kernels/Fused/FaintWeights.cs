// Weights so small that their products are subnormal numbers, for which some processors take a hundred times as long. Weight decay
// makes them: where a unit is never active, the weights that lead on from it have no other gradient, and Adam takes a tenth of them away
// at every step. Most of a block's subnormal products are these, and for nothing: an input that is 0 in every sample of the block
// adds nothing to the outputs, and its own adjoint, whatever it is, does not pass the rectifier. So faint weights of idle inputs
// count as 0 for the block: every result is the same, bit for bit.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>Weights for a block of samples, without the faint ones of idle inputs.</summary>
internal static unsafe class FaintWeights
{
    // The root of the least normal number: below it are weights whose product with an adjoint may be subnormal.
#if REAL64
    public const Real Faint = 1.4916681462400413e-154; // 2^-511
#else
    public const Real Faint = 1.0842022e-19f; // 2^-63
#endif

    /// <summary>Whether any weight is faint. A weight of 0 is.</summary>
    public static bool AreIn(ReadOnlySpan<Real> weights)
    {
        Vector<Real> faint = new(Faint);
        ReadOnlySpan<Vector<Real>> vectors = MemoryMarshal.Cast<Real, Vector<Real>>(weights);
        foreach (Vector<Real> some in vectors)
        {
            if (Vector.LessThanAny(Vector.Abs(some), faint))
                return true;
        }

        foreach (Real weight in weights[(vectors.Length * Vector<Real>.Count)..])
        {
            if (Math.Abs(weight) < Faint)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Overwrites the sums of a block's inputs. Idle are those whose sum is 0: what a rectifier gave is never negative. The others,
    /// beyond the first <paramref name="rectified"/>, count as active.
    /// </summary>
    /// <returns>Whether any input is idle.</returns>
    public static bool SumInputs(Real* x, nint stride, int samples, Real* sums, int inputs, int rectified, int bits)
    {
        Span<Real> first = new(sums, rectified), others = new(sums + rectified, inputs - rectified);
        first.Clear();
        others.Fill(1);
        new ColumnSums(x, stride, samples, sums).Run(rectified, bits);
        return first.Contains(0);
    }
}

/// <summary>y = the weights [out, in], or [in, out] where they are <paramref name="packed"/>, with 0 for faint ones of idle inputs.</summary>
internal readonly unsafe struct LeaveOutFaint(Real* weights, Real* sums, bool packed, int columns, Real* y) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        nint at = ((nint)row * columns) + column;
        TLane weight = TLane.Load(weights + at), sum = packed ? TLane.Broadcast(sums[row]) : TLane.Load(sums + column);

        // The sign is kept, as that of a product of 0. A sum that is no number is not that of an idle input.
        TLane kept = TLane.WhereGreater(TLane.Broadcast(FaintWeights.Faint), LaneMath.Abs(weight), weight * TLane.Broadcast(0), weight);
        TLane.Store(TLane.WhereGreater(TLane.Broadcast(Real.Epsilon), sum, kept, weight), y + at);
    }
}
