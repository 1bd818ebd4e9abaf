// exp, log(1 + t) and the sigmoid as polynomials over lanes. The platform's functions differ in their last bits between a scalar call and a
// vector call, and between machines. These are sums and products in a fixed order, so scalar and SIMD agree bit for bit.

namespace ForecEngine.Kernels;

/// <summary>Elementary functions over lanes.</summary>
public static class LaneMath
{
    private const Real Faint = 7.8886091e-31f; // 2^-100

#if REAL64
    // ln 2 in two parts: the first has trailing zeros, so n times it is exact for every exponent n.
    private const Real Ln2High = 6.93147180369123816490e-01;
    private const Real Ln2Low = 1.90821492927058770002e-10;
    private const Real Log2E = 1.4426950408889634;
    private const Real LargestExponent = 708;
    private const Real RoundingMagic = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to an integer.
    private const int ExpTerms = 13;   // remainder (ln 2 / 2)^14 / 14! = 4e-18
    private const int LogTerms = 17;   // remainder (1/3)^36 / 37 = 2e-19
#else
    private const Real Ln2High = 0.693359375f;
    private const Real Ln2Low = -2.12194440e-4f;
    private const Real Log2E = 1.44269504f;
    private const Real LargestExponent = 87;
    private const Real RoundingMagic = 12582912f; // 1.5 * 2^23: adding it rounds to an integer.
    private const int LogTerms = 7;    // remainder (1/3)^16 / 17 = 1.4e-9
#endif

    /// <summary>
    /// e^x, relative error below 2e-7 (float). Arguments are clamped to +-87 (in double +-708), where results are normal numbers, so the
    /// result is never zero nor infinite; NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Exp<TLane>(TLane x)
        where TLane : struct, ILane<TLane>
    {
        TLane limit = TLane.Broadcast(LargestExponent);
        x = TLane.WhereGreater(x, limit, limit, x);
        x = TLane.WhereGreater(-limit, x, -limit, x);

        // x = n ln 2 + r with |r| <= ln 2 / 2.
        TLane magic = TLane.Broadcast(RoundingMagic);
        TLane n = TLane.MultiplyAdd(x, TLane.Broadcast(Log2E), magic) - magic;
        TLane r = TLane.MultiplyAdd(n, TLane.Broadcast(-Ln2High), x);
        r = TLane.MultiplyAdd(n, TLane.Broadcast(-Ln2Low), r);

        // Taylor's series by Horner's rule: 1 + r (1 + r/2 (1 + r/3 (...))). The remainder of seven terms is (ln 2 / 2)^8 / 8! = 5e-9.
        TLane one = TLane.Broadcast(1);
        TLane sum = one;
#if REAL64
        for (int k = ExpTerms; k > 7; k--)
            sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / k), r, one);
#endif
        // Not a loop: the compiler does not unroll it, and would divide in every term.
        sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / 7), r, one);
        sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / 6), r, one);
        sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / 5), r, one);
        sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / 4), r, one);
        sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / 3), r, one);
        sum = TLane.MultiplyAdd(sum * TLane.Broadcast((Real)1 / 2), r, one);
        sum = TLane.MultiplyAdd(sum, r, one);
        return sum * TLane.PowerOfTwo(n);
    }

    /// <summary>ln(1 + t) for t in [0, 1], relative error below 2e-7 (float).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane LogOnePlus<TLane>(TLane t)
        where TLane : struct, ILane<TLane>
    {
        // ln(1 + t) = 2 artanh(u) = 2u + 2u (u^2 / 3 + u^4 / 5 + ...) with u = t / (2 + t) <= 1/3. The leading term is added
        // last, so that the rounding of the series affects only its small share of the result.
        TLane u = t / (t + TLane.Broadcast(2));
        TLane square = u * u;
        TLane sum = TLane.Broadcast((Real)1 / ((2 * LogTerms) + 1));
        for (int k = LogTerms - 1; k >= 1; k--)
            sum = TLane.MultiplyAdd(sum, square, TLane.Broadcast((Real)1 / ((2 * k) + 1)));
        return TLane.MultiplyAdd(u + u, sum * square, u + u);
    }

    /// <summary>ln(m 2^n) for m in [1, 2] and an integer n, relative error below 3e-7 (float).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Log<TLane>(TLane m, TLane n)
        where TLane : struct, ILane<TLane>
    {
        TLane low = TLane.MultiplyAdd(n, TLane.Broadcast(Ln2Low), LogOnePlus(m - TLane.Broadcast(1)));
        return TLane.MultiplyAdd(n, TLane.Broadcast(Ln2High), low);
    }

    /// <summary>
    /// 1 / (1 + e^-x), relative error below 2e-7 (float) for x > -87 (in double -708). For smaller x it is constant, so it is never zero.
    /// NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Sigmoid<TLane>(TLane x)
        where TLane : struct, ILane<TLane>
    {
        TLane one = TLane.Broadcast(1);
        return one / (one + Exp(-x));
    }

    /// <summary>|x|; the sign of a zero is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Abs<TLane>(TLane x)
        where TLane : struct, ILane<TLane> =>
        TLane.WhereGreater(TLane.Broadcast(0), x, -x, x);

    /// <summary>
    /// x, or 0 where |x| is below 2^-100; NaN stays NaN. Weight decay shrinks the weights of a unit that is never active
    /// towards 0. Subnormal weights would make multiply-adds up to a hundred times slower on some processors.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Settle<TLane>(TLane x)
        where TLane : struct, ILane<TLane>
    {
        TLane faint = TLane.Broadcast(Faint);
        return TLane.WhereGreater(faint, x, TLane.WhereGreater(x, -faint, TLane.Broadcast(0), x), x);
    }
}
