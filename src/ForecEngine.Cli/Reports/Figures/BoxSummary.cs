// What a box plot shows of some values. A quantile lies between the two values around it, as in R's type 7 and NumPy's default: that of
// part q of n sorted values is at place q (n - 1), counted from 0. Whiskers end at the last values within 1.5 times the height of the box
// (Tukey, 1977); values beyond are outliers.

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>What a box plot shows.</summary>
/// <param name="Count">The number of values.</param>
/// <param name="LowerWhisker">The least value that is no outlier.</param>
/// <param name="LowerQuartile">A quarter of the values are below.</param>
/// <param name="Median">Half of the values are below.</param>
/// <param name="UpperQuartile">A quarter of the values are above.</param>
/// <param name="UpperWhisker">The greatest value that is no outlier.</param>
/// <param name="Outliers">The values beyond the whiskers, ascending.</param>
internal sealed record BoxSummary(
    int Count, double LowerWhisker, double LowerQuartile, double Median, double UpperQuartile, double UpperWhisker,
    IReadOnlyList<double> Outliers)
{
    private const double Reach = 1.5;

    /// <summary>Summarises values, without those that are no finite numbers; null if there are none.</summary>
    public static BoxSummary? Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
            return null;
        double lower = Quantile(sorted, 0.25), upper = Quantile(sorted, 0.75), reach = Reach * (upper - lower);
        double[] within = [.. sorted.Where(value => value >= lower - reach && value <= upper + reach)];
        return new BoxSummary(sorted.Length, Math.Min(within[0], lower), lower, Quantile(sorted, 0.5), upper, Math.Max(within[^1], upper),
            [.. sorted.Where(value => value < lower - reach || value > upper + reach)]);
    }

    private static double Quantile(double[] sorted, double part)
    {
        double place = part * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
