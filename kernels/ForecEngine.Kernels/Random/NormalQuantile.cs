// The inverse of the standard normal distribution function, relative error about 1e-16: M. J. Wichura, "Algorithm
// AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37 (1988), routine PPND16. Inversion turns one uniform draw
// into one normal draw, so an initial weight depends on its own index alone. The logarithm is implemented here, because the platform's
// differs in its last bits between machines.

using System.Numerics;

namespace ForecEngine.Kernels;

/// <summary>The standard normal quantile function (Wichura, AS 241).</summary>
public static class NormalQuantile
{
    private const double CentralHalfWidth = 0.425;
    private const double CentralSquare = 0.180625; // the square of CentralHalfWidth

    // Coefficients as published, lowest order first: for |p - 1/2| <= 0.425, then for the two ranges of the tails.
    private static ReadOnlySpan<double> CentralNumerator =>
        [3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
         4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3];

    private static ReadOnlySpan<double> CentralDenominator =>
        [1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
         2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3];

    private static ReadOnlySpan<double> NearNumerator =>
        [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
         1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4];

    private static ReadOnlySpan<double> NearDenominator =>
        [1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
         1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9];

    private static ReadOnlySpan<double> FarNumerator =>
        [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
         2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7];

    private static ReadOnlySpan<double> FarDenominator =>
        [1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
         7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];

    /// <summary>The x at which a standard normal variable is below x with probability <paramref name="probability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not inside (0, 1).</exception>
    public static double Of(double probability)
    {
        if (!(probability > 0 && probability < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "expects a probability inside (0, 1)");

        double q = probability - 0.5;
        if (Math.Abs(q) <= CentralHalfWidth)
        {
            double r = CentralSquare - (q * q);
            return q * Polynomial(CentralNumerator, r) / Polynomial(CentralDenominator, r);
        }

        double tail = q < 0 ? probability : 1 - probability;
        double root = Math.Sqrt(-Log(tail));
        double x = root <= 5
            ? Polynomial(NearNumerator, root - 1.6) / Polynomial(NearDenominator, root - 1.6)
            : Polynomial(FarNumerator, root - 5) / Polynomial(FarDenominator, root - 5);
        return q < 0 ? -x : x;
    }

    /// <summary>Replaces probabilities by their quantiles, with the bits of the single call and several times faster.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A probability is not inside (0, 1).</exception>
    public static void Of(Span<double> probabilities)
    {
        Span<double> central = stackalloc double[Vector<double>.Count];
        for (; !probabilities.IsEmpty; probabilities = probabilities[Math.Min(central.Length, probabilities.Length)..])
        {
            Span<double> some = probabilities[..Math.Min(central.Length, probabilities.Length)];
            some.CopyTo(central);
            Vector<double> q = new Vector<double>(central) - new Vector<double>(0.5), r = new Vector<double>(CentralSquare) - (q * q);
            (q * Polynomial(CentralNumerator, r) / Polynomial(CentralDenominator, r)).CopyTo(central);
            for (int i = 0; i < some.Length; i++)
                some[i] = Math.Abs(some[i] - 0.5) <= CentralHalfWidth ? central[i] : Of(some[i]);
        }
    }

    private static Vector<double> Polynomial(ReadOnlySpan<double> coefficients, Vector<double> x)
    {
        Vector<double> sum = Vector<double>.Zero;
        for (int i = coefficients.Length - 1; i >= 0; i--)
            sum = (sum * x) + new Vector<double>(coefficients[i]);
        return sum;
    }

    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
            sum = (sum * x) + coefficients[i];
        return sum;
    }

    // ln x for a normal x > 0: x = m 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m - 1) / (m + 1)). The
    // series' argument is at most 0.172, so twelve terms leave less than 1e-19.
    private static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double u = (mantissa - 1) / (mantissa + 1);
        double square = u * u;
        double sum = 0;
        for (int k = 23; k >= 1; k -= 2)
            sum = (sum * square) + (1.0 / k);
        return (exponent * 0.6931471805599453) + (2 * u * sum);
    }
}
