// The plot of the scale table: the costs of a sample, a candidate, a row and an iteration of meta-learning over the number of rows. The
// goal is a flat line, so the axis of costs starts at 0; the axis of rows is logarithmic.

using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace ForecEngine.Bench.Scale;

/// <summary>Draws.</summary>
internal static class ScalePlot
{
    private const int Width = 1101; // three panels of whole pixels, without a seam
    private const int Height = 420;

    // Colours that colour-blind people can distinguish (Okabe and Ito, 2008), each with its own marker.
    private static readonly Color s_blue = Color.FromHex("#0072B2");
    private static readonly Color s_orange = Color.FromHex("#D55E00");
    private static readonly Color s_green = Color.FromHex("#009E73");

    /// <summary>Writes the plot as an SVG file.</summary>
    public static void Write(IReadOnlyList<ScalePoint> points, string path)
    {
        Multiplot panels = new();
        panels.AddPlots(3);
        panels.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Panel(panels.GetPlot(0), "Training and evaluation", "ns", points,
            ("a sample of nmf's training", s_blue, MarkerShape.FilledCircle, point => point.SampleNanoseconds),
            ("a candidate scored and ranked", s_orange, MarkerShape.FilledSquare, point => point.CandidateNanoseconds));
        Panel(
            panels.GetPlot(1), "Reading and preparing", "ns a row", points,
            ("", s_green, MarkerShape.FilledDiamond, point => point.RowNanoseconds));
        Panel(
            panels.GetPlot(2), "First-order MAML", "µs an iteration", points,
            ("", s_blue, MarkerShape.FilledCircle, point => 1e6 * point.MetaSeconds));
        PixelRect place = new(0, Width, Height, 0);
        using (SKNoDrawCanvas nowhere = new(Width, Height))
            panels.Render(nowhere, place); // the first time, ScottPlot draws twice, which the SVG would keep
        using FileStream stream = File.Create(path);
        using SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream);
        panels.Render(canvas, place);
    }

    private static void Panel(
        Plot plot, string title, string unit, IReadOnlyList<ScalePoint> points,
        params (string Name, Color Color, MarkerShape Marker, Func<ScalePoint, double> Cost)[] lines)
    {
        double[] rows = [.. points.Select(point => Math.Log10(point.Rows))];
        double most = 0;
        foreach ((string name, Color color, MarkerShape marker, Func<ScalePoint, double> cost) in lines)
        {
            double[] costs = [.. points.Select(cost)];
            most = Math.Max(most, costs.Max());
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(rows, costs, color);
            (line.LineWidth, line.MarkerShape, line.MarkerSize, line.LegendText) = (2, marker, 8, name);
        }

        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Title(title, 15);
        plot.YLabel(unit);
        plot.XLabel("rows of the market");
        int first = (int)Math.Floor(rows[0]), last = (int)Math.Ceiling(rows[^1]);
        int[] powers = [.. Enumerable.Range(first, last - first + 1)];
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. powers.Select(power => (double)power)], [.. powers.Select(Rows)]);
        plot.Axes.SetLimits(rows[0] - 0.2, rows[^1] + 0.2, 0, 1.35 * most);
        if (lines.Length > 1)
            plot.ShowLegend(Alignment.UpperLeft);
    }

    private static string Rows(int power) => power switch
    {
        < 6 => Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture),
        6 => "1 million",
        _ => $"{Math.Pow(10, power - 6).ToString("N0", CultureInfo.InvariantCulture)} million",
    };
}
