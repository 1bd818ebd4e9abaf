// The square root of 16 floats by multiply-adds. Adam takes a root and a quotient for every parameter, and the processor has one
// divider for both, which on Intel's is busy with a vector's root for longer than with its quotient; multiply-adds leave it the
// quotient alone. AMD's gives roots as fast as the caches give what they are of, and the fewer instructions, the more of that is under way.
//
// From an estimate y of 1 / sqrt(x), s = x y and h = y / 2 are brought to within an ulp of sqrt(x) and 1 / (2 sqrt(x)) by a step of
// Newton's iteration, coupled as Goldschmidt has it; s + h (x - s s), whose bracket is exact, is then the correctly rounded root
// (Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", IBM J. Res. Dev. 34, 1990) for every
// estimate that the instruction may give, as SquareRootTests shows: so that processors whose estimates differ agree on the root.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels;

/// <summary>Correctly rounded square roots, the same bits as the processor's own.</summary>
internal static class SquareRoot
{
    /// <summary>Whether Adam takes less time with these roots than with the processor's own. Both are the same bits.</summary>
    public static bool IsQuicker { get; } = Avx512F.IsSupported && !IsAmd();

    /// <summary>How far off an estimate may be, relatively.</summary>
    public const double EstimateError = 1.0 / (1 << 14);

    // Below, x - s s has digits smaller than the least float; above are infinity and, as unsigned numbers, all with a sign.
    private const uint Least = 26u << 23; // 2^-101
    private const uint Most = 254u << 23; // 2^127

    /// <summary>The square roots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) =>
        !Avx512F.IsSupported || Vector512.GreaterThanAny(x.AsUInt32() - Vector512.Create(Least), Vector512.Create(Most - Least))
            ? Vector512.Sqrt(x)
            : FromEstimate(x, Avx512F.ReciprocalSqrt14(x));

    /// <summary>The square roots of numbers from 2^-101 to 2^127.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="y">Of each an estimate of the reciprocal of its root, at most <see cref="EstimateError"/> off.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromEstimate(Vector512<float> x, Vector512<float> y)
    {
        (Vector512<float> s, Vector512<float> h) = Refined(x, y);
        return Avx512F.FusedMultiplyAdd(h, Avx512F.FusedMultiplyAddNegated(s, s, x), s);
    }

    /// <summary>The roots, and the halves of their reciprocals, as near as the last step needs them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> S, Vector512<float> H) Refined(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        Vector512<float> s = x * y, h = y * half;
        Vector512<float> off = Avx512F.FusedMultiplyAddNegated(s, h, half);
        return (Avx512F.FusedMultiplyAdd(s, off, s), Avx512F.FusedMultiplyAdd(h, off, h));
    }

    // Leaf 0 of CPUID has the maker's name, "AuthenticAMD", in three registers.
    private static bool IsAmd()
    {
        (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
        return (ebx, edx, ecx) == (0x68747541, 0x69746e65, 0x444d4163);
    }
}
