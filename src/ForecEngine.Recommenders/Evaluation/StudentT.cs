// Student's t distribution, for the paired t-test. The probability of a |T| of at least t with n degrees of freedom is the regularised
// incomplete beta function I_x(n / 2, 1 / 2) at x = n / (n + t^2), computed by its continued fraction (Abramowitz and Stegun, 26.5.8,
// 26.7.1) with the modified Lentz method.

namespace ForecEngine.Recommenders.Evaluation;

internal static class StudentT
{
    private const double Tiny = 1e-300;
    private const int MostSteps = 100_000;

    /// <summary>The two-sided p-value.</summary>
    /// <param name="t">The statistic; may be infinite.</param>
    /// <param name="freedom">The degrees of freedom, at least 1.</param>
    public static double TwoSided(double t, int freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        if (double.IsInfinity(t))
            return 0;
        double a = freedom / 2.0, square = t * t, x = freedom / (freedom + square), rest = square / (freedom + square);
        double front = Math.Exp(a * Math.Log(x)) * Math.Sqrt(rest) * GammaRatio(a) / Math.Sqrt(Math.PI);

        // The fraction converges fast on one side of the mean of the beta distribution only.
        return x < (a + 1) / (a + 2.5) ? front * Fraction(a, 0.5, x) / a : 1 - (front * Fraction(0.5, a, rest) / 0.5);
    }

    // Gamma(a + 1/2) / Gamma(a): its expansion in 1 / a for large a, and (a + 1)'s ratio times a / (a + 1/2) for small a.
    private static double GammaRatio(double a)
    {
        const double Large = 40;
        double factor = 1;
        for (; a < Large; a++)
            factor *= a / (a + 0.5);
        double r = 1 / a;
        double series = 1 + (r * (-1.0 / 8 + (r * (1.0 / 128 + (r * (5.0 / 1024 + (r * (-21.0 / 32768 + (r * -399.0 / 262144)))))))));
        return factor * Math.Sqrt(a) * series;
    }

    private static double Fraction(double a, double b, double x)
    {
        double c = 1, d = 1 / NotZero(1 - ((a + b) * x / (a + 1))), value = d;
        for (int m = 1; m <= MostSteps; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            double before = value;
            foreach (double term in (ReadOnlySpan<double>)[even, odd])
            {
                d = 1 / NotZero(1 + (term * d));
                c = NotZero(1 + (term / c));
                value *= c * d;
            }

            if (value == before || Math.Abs((value / before) - 1) < 1e-16)
                break;
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
