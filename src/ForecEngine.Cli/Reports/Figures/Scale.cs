// The numbers at an axis: multiples of 1, 2 or 5 times a power of ten.

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>The range of an axis and the numbers at it.</summary>
/// <param name="Ticks">The numbers, ascending; the first and the last are the ends of the axis.</param>
/// <param name="Decimals">The decimals that tell them apart.</param>
internal sealed record Scale(IReadOnlyList<double> Ticks, int Decimals)
{
    private static readonly int[] s_factors = [1, 2, 5, 10];

    /// <summary>The lower end.</summary>
    public double Low => Ticks[0];

    /// <summary>The upper end.</summary>
    public double High => Ticks[^1];

    /// <summary>A range that has all values, or 0 to 1 without any.</summary>
    /// <param name="values">The values; those that are no finite numbers are ignored.</param>
    /// <param name="steps">About the greatest number of steps between two ticks.</param>
    public static Scale Of(IEnumerable<double> values, int steps)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (double low, double high) = finite.Length > 0 ? (finite.Min(), finite.Max()) : (0, 1);
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (size == 0)
            (low, high) = (0, 1);
        else if (high - low < 1e-6 * size)
            (low, high) = (low - 0.1 * size, high + 0.1 * size);

        double least = (high - low) / steps;
        int exponent = (int)Math.Floor(Math.Log10(least));
        int factor = s_factors.First(factor => factor == 10 || factor * Math.Pow(10, exponent) >= least);
        if (factor == 10)
            (factor, exponent) = (1, exponent + 1);
        long first = (long)Math.Floor(low / Tick(1)), last = (long)Math.Ceiling(high / Tick(1));
        return new Scale([.. Enumerable.Range(0, (int)(last - first + 1)).Select(tick => Tick(first + tick))], Math.Max(0, -exponent));

        // A division by a power of ten gives the number closest to the decimal one: 3 / 10 is 0.3, 3 * 0.1 is not.
        double Tick(long number) => exponent < 0
            ? number * factor / Math.Pow(10, -exponent) : number * factor * Math.Pow(10, exponent);
    }
}
