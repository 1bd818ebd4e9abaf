// Figures 5a and 5b: a line for each method over ordered places. Names stand at the ends of the lines instead of a legend, and markers
// differ too, so that no reader depends on colours.

using ScottPlot;

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>The values of a method at the places of the chart; NaN where there is none.</summary>
internal sealed record MethodLine(string Method, IReadOnlyList<double> Values);

/// <summary>A chart of lines.</summary>
/// <param name="Places">Where the values are at the lower axis, ascending.</param>
/// <param name="PlaceNames">What is written there.</param>
/// <param name="Axis">What the lower axis is.</param>
/// <param name="Metric">What the lines are.</param>
/// <param name="Lines">The lines.</param>
internal sealed record LineChart(
    IReadOnlyList<double> Places, IReadOnlyList<string> PlaceNames, string Axis, string Metric, IReadOnlyList<MethodLine> Lines)
{
    private const int Left = 58, Bottom = 54, Top = 34, LeastHeight = 400, Leader = 26, Spacing = 17, NameWidth = 170;

    // The second time that a colour is used, it comes with another marker.
    private const int OtherShape = 5;

    private static readonly MarkerShape[] s_shapes =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp,
    ];

    /// <summary>Draws a figure.</summary>
    public ReportFigure Draw(string name, string caption)
    {
        StringBuilder alt = new($"{Metric} by {Axis}, a line for each method.");
        foreach (MethodLine line in Lines)
        {
            alt.Append(CultureInfo.InvariantCulture, $" {line.Method}: ");
            alt.AppendJoin(", ", Places.Select((_, i) => double.IsFinite(line.Values[i])
                ? $"{line.Values[i].ToString("0.0000", CultureInfo.InvariantCulture)} at {PlaceNames[i]}" : $"nothing at {PlaceNames[i]}"));
            alt.Append('.');
        }

        return new ReportFigure(name, caption, alt.ToString(), FigureSheet.Draw(Sheet));
    }

    private FigureSheet Sheet(FigureTheme theme)
    {
        (MethodLine Line, int Series)[] drawn =
            [.. Lines.Select((line, series) => (line, series)).Where(line => line.line.Values.Any(double.IsFinite))];
        int height = Math.Max(LeastHeight, Top + Bottom + Spacing * (drawn.Length + 1));
        float names = FigureNames.Width(drawn.Select(line => line.Line.Method), NameWidth) + Leader + 8;
        float data = FigureSheet.Width - Left - names;
        double first = Places.DefaultIfEmpty(0).First(), last = Places.DefaultIfEmpty(1).Last();
        double margin = last > first ? 0.06 * (last - first) : 0.5;
        double low = first - margin, high = last + margin, pixel = (high - low) / data;
        Scale scale = Scale.Of(drawn.SelectMany(line => line.Line.Values), 7);
        double unit = (scale.High - scale.Low) / (height - Top - Bottom);

        FigurePlot panel = new(theme);
        panel.Place(new PixelPadding(Left, 0, 0, 0), low, high + names * pixel, scale.Low - Bottom * unit, scale.High + Top * unit);
        foreach (double tick in scale.Ticks)
            panel.Line(low, tick, high, tick, FigureTheme.Of(theme.Rule));
        panel.LeftTicks(scale.Ticks, [.. scale.Ticks.Select(tick => tick.ToString($"F{scale.Decimals}", CultureInfo.InvariantCulture))]);
        for (int place = 0; place < Places.Count; place++)
            panel.Write(PlaceNames[place], Places[place], scale.Low - 7 * unit, Alignment.UpperCenter, theme.Muted);
        panel.Write(Axis, (low + high) / 2, scale.Low - 30 * unit, Alignment.UpperCenter, theme.Muted);
        panel.Write(Metric, low, scale.High + (Top - 6) * unit, Alignment.UpperLeft, theme.Muted);

        foreach ((MethodLine line, int series) in drawn)
            DrawLine(panel, theme, line, series);
        Coordinates[] ends = [.. drawn.Select(line => End(line.Line))];
        double[] heights = LabelSpread.Of([.. ends.Select(end => end.Y)], Spacing * unit, scale.Low, scale.High);
        for (int i = 0; i < drawn.Length; i++)
        {
            Color color = theme.SeriesColor(drawn[i].Series);
            panel.Line(ends[i].X, ends[i].Y, high + (Leader - 6) * pixel, heights[i], color.WithAlpha(0.6));
            string name = FigureFont.Fitted(drawn[i].Line.Method, FigurePlot.TextSize, NameWidth);
            panel.Write(name, high + Leader * pixel, heights[i], Alignment.MiddleLeft, theme.Ink);
        }

        return new FigureSheet(height, [(panel.Plot, 0, FigureSheet.Width)]);
    }

    private Coordinates End(MethodLine line)
    {
        int last = Enumerable.Range(0, Places.Count).Last(place => double.IsFinite(line.Values[place]));
        return new Coordinates(Places[last], line.Values[last]);
    }

    // A missing value is a gap: a line across it would claim to know it.
    private void DrawLine(FigurePlot panel, FigureTheme theme, MethodLine line, int series)
    {
        Color color = theme.SeriesColor(series);
        for (int place = 1; place < Places.Count; place++)
        {
            if (double.IsFinite(line.Values[place - 1]) && double.IsFinite(line.Values[place]))
                panel.Line(Places[place - 1], line.Values[place - 1], Places[place], line.Values[place], color, 2);
        }

        panel.Mark(
            [.. Places.Select((place, i) => new Coordinates(place, line.Values[i])).Where(point => double.IsFinite(point.Y))],
            s_shapes[(series + series / theme.Series.Count * OtherShape) % s_shapes.Length], 8, color);
    }
}
