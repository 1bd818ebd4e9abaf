// Plots in the style of the figures: no frame, horizontal text, and grid lines only where values are read off.

using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>A plot in the style of the figures.</summary>
/// <param name="theme">Its colours.</param>
internal sealed class FigurePlot(FigureTheme theme)
{
    /// <summary>The size of text, in pixels.</summary>
    public const float TextSize = 13;

    /// <summary>The size of titles, in pixels.</summary>
    public const float TitleSize = 14;

    /// <summary>The plot.</summary>
    public Plot Plot { get; } = Empty(theme);

    /// <summary>Sets the part that data occupy, and the coordinates at its edges.</summary>
    public void Place(PixelPadding margins, double left, double right, double bottom, double top)
    {
        Plot.Layout.Fixed(margins);
        Plot.Axes.SetLimits(left, right, bottom, top);
    }

    /// <summary>Writes names or numbers at the left of the plot.</summary>
    public void LeftTicks(IReadOnlyList<double> places, IReadOnlyList<string> texts) =>
        Plot.Axes.Left.TickGenerator = new NumericManual([.. places], [.. texts]);

    /// <summary>Writes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="x">The place that it is aligned at.</param>
    /// <param name="y">The place that it is aligned at.</param>
    /// <param name="alignment">Which of its points is at that place.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="size">Its size, in pixels.</param>
    /// <param name="shift">Pixels to the right.</param>
    public Text Write(
        string text, double x, double y, Alignment alignment, string? color = null, float size = TextSize, float shift = 0)
    {
        Text written = Plot.Add.Text(text, x, y);
        (written.LabelFontName, written.LabelFontSize, written.LabelAlignment) = (FigureFont.Name, size, alignment);
        (written.LabelFontColor, written.OffsetX) = (FigureTheme.Of(color ?? theme.Ink), shift);
        return written;
    }

    /// <summary>Draws a filled rectangle without a border.</summary>
    public void Fill(double left, double right, double bottom, double top, Color color)
    {
        Rectangle filled = Plot.Add.Rectangle(left, right, bottom, top);
        (filled.FillColor, filled.LineWidth) = (color, 0);
    }

    /// <summary>Draws a straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, Color color, float width = 1)
    {
        LinePlot line = Plot.Add.Line(x1, y1, x2, y2);
        (line.LineColor, line.LineWidth) = (color, width);
    }

    /// <summary>Draws markers.</summary>
    public void Mark(IReadOnlyList<Coordinates> points, MarkerShape shape, float size, Color color)
    {
        if (points.Count > 0)
            Plot.Add.Markers(points.ToArray(), shape, size, color);
    }

    private static Plot Empty(FigureTheme theme)
    {
        _ = FigureFont.Instance;
        Plot plot = new();
        plot.FigureBackground.Color = FigureTheme.Of(theme.Background);
        plot.DataBackground.Color = Colors.Transparent;
        plot.HideGrid();
        // A plot would also clear what is beside it.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Top, plot.Axes.Right })
        {
            axis.FrameLineStyle.Width = 0;
            (axis.MajorTickStyle.Length, axis.MinorTickStyle.Length) = (0, 0);
            (axis.MajorTickStyle.Width, axis.MinorTickStyle.Width) = (0, 0);
            axis.TickLabelStyle.FontName = FigureFont.Name;
            axis.TickLabelStyle.FontSize = TextSize;
            axis.TickLabelStyle.ForeColor = FigureTheme.Of(theme.Muted);
            if (axis is ScottPlot.AxisPanels.AxisBase panel)
                panel.TickGenerator = new EmptyTickGenerator();
        }

        return plot;
    }
}
