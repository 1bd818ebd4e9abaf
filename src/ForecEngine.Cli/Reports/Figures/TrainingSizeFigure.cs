// Figure 5b: how well methods do with parts of the target's training rows. Halving the rows is the same step everywhere on the axis.

namespace ForecEngine.Cli.Reports.Figures;

internal static class TrainingSizeFigure
{
    /// <summary>Draws the figure.</summary>
    /// <param name="name">The name of the figure.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="fractions">The parts, ascending, each above 0 and at most 1.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="lines">Each method's mean for each part.</param>
    public static ReportFigure Draw(
        string name, string caption, IReadOnlyList<double> fractions, string metric, IReadOnlyList<MethodLine> lines)
    {
        string[] names = [.. fractions.Select(fraction => $"{(100 * fraction).ToString("0.##", CultureInfo.InvariantCulture)} %")];
        return new LineChart([.. fractions.Select(Math.Log2)], names, "part of the target's training rows", metric, lines)
            .Draw(name, caption);
    }
}
