// Names of markets and methods beside rows, shortened if they are long.

using ScottPlot;

namespace ForecEngine.Cli.Reports.Figures;

internal static class FigureNames
{
    // The font of a browser can be wider.
    private const float Slack = 1.08f;

    /// <summary>The room for the longest name.</summary>
    /// <param name="names">The names.</param>
    /// <param name="most">The width from which on names are shortened, in pixels.</param>
    public static float Width(IEnumerable<string> names, float most) => Slack * names
        .Select(name => FigureFont.WidthOf(FigureFont.Fitted(name, FigurePlot.TextSize, most), FigurePlot.TextSize)).DefaultIfEmpty().Max();

    /// <summary>Writes names at the left of rows, the first at height 0, the next one below.</summary>
    public static void AtLeft(FigurePlot panel, FigureTheme theme, IReadOnlyList<string> names, float most)
    {
        panel.LeftTicks(
            [.. names.Select((_, row) => (double)-row)], [.. names.Select(name => FigureFont.Fitted(name, FigurePlot.TextSize, most))]);
        panel.Plot.Axes.Left.TickLabelStyle.ForeColor = FigureTheme.Of(theme.Ink);
    }
}
