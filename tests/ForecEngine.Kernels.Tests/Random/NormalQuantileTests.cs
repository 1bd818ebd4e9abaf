// Compares the normal quantile with published values, and with a distribution function computed here by another method.

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

public sealed class NormalQuantileTests
{
    // The first three are Wichura's test values; all were computed with mpmath 1.2 to 40 digits.
    [Theory]
    [InlineData(0.25, -0.6744897501960817)]
    [InlineData(0.001, -3.0902323061678136)]
    [InlineData(1e-20, -9.262340089798407)]
    [InlineData(0.5, 0.0)]
    [InlineData(0.75, 0.6744897501960817)]
    [InlineData(0.925, 1.4395314709384561)]
    [InlineData(0.0749999, -1.4395321773759007)]
    [InlineData(0.975, 1.9599639845400538)]
    [InlineData(0.99, 2.3263478740408408)]
    [InlineData(1e-10, -6.361340902404057)]
    [InlineData(2.3e-16, -8.121620445168366)]
    [InlineData(1e-100, -21.273453560965326)]
    [InlineData(1e-300, -37.0470962993612)]
    public void Quantiles_agree_with_published_values(double probability, double quantile) =>
        Assert.Equal(quantile, NormalQuantile.Of(probability), 1e-15 * Math.Max(1, Math.Abs(quantile)));

    [Property]
    public void The_quantile_is_antisymmetric_about_one_half(NonNegativeInt cell)
    {
        // A multiple of 2^-31, so that 1 - p is exact.
        double probability = (cell.Get + 1.0) / (1L << 31);
        if (probability < 1)
            Assert.Equal(NormalQuantile.Of(probability), -NormalQuantile.Of(1 - probability), 1e-15);
    }

    [Property]
    public void The_quantile_inverts_the_lower_half_of_the_distribution_function(ulong seed)
    {
        // Probabilities from 2^-1 down to 2^-1000, the larger ones more often.
        double spread = new RandomSequence(seed, 1).Uniform(0);
        double probability = Math.Pow(2, -1 - (999 * spread * spread * spread));
        double x = NormalQuantile.Of(probability);
        // A relative error of e in x is a relative error of about x^2 e in the probability.
        Assert.InRange(LowerTail(x) / probability, 1 - (1e-15 * (4 + (2 * x * x))), 1 + (1e-15 * (4 + (2 * x * x))));
    }

    [Property]
    public void The_quantile_increases(ulong one, ulong other)
    {
        double p = new RandomSequence(one, 1).Uniform(0);
        double q = new RandomSequence(other, 2).Uniform(0);
        Assert.Equal(p.CompareTo(q), NormalQuantile.Of(p).CompareTo(NormalQuantile.Of(q)));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_number_outside_0_to_1_is_refused(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalQuantile.Of(probability));

    [Property]
    public void Many_quantiles_at_once_have_the_bits_of_one_by_one(ulong seed, byte count)
    {
        // The middle, both tails, and the far ends of the tails.
        RandomSequence random = new(seed, 1);
        double[] probabilities = [.. Enumerable.Range(0, count).Select(i => (ulong)i).Select(i => random.Below(i, 4) switch
        {
            0 => Math.Pow(2, -1 - (999 * random.Uniform(1000 + i))),
            1 => 1 - Math.Pow(2, -1 - (50 * random.Uniform(1000 + i))),
            _ => random.Uniform(1000 + i),
        })];
        double[] quantiles = [.. probabilities];
        NormalQuantile.Of(quantiles);
        Assert.Equal(probabilities.Select(NormalQuantile.Of), quantiles);
    }

    [Fact]
    public void A_number_outside_0_to_1_among_many_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalQuantile.Of([0.5, 0.1, 0.2, 0.3, 0.4, 1.0]));

    // The distribution function at x <= 0: near the middle 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...), in the tail
    // phi(x) times Laplace's continued fraction 1/(t + 1/(t + 2/(t + 3/(t + ...)))) with t = -x.
    private static double LowerTail(double x)
    {
        double density = Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
        double t = -x;
        if (t < 2)
        {
            double term = t;
            double sum = 0;
            for (int k = 1; term > 1e-20; k += 2)
            {
                sum += term;
                term *= t * t / (k + 2);
            }

            return 0.5 - (density * sum);
        }

        double fraction = t;
        for (int k = 400; k >= 1; k--)
            fraction = t + (k / fraction);
        return density / fraction;
    }
}
