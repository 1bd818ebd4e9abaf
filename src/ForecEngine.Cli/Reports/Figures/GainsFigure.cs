// Figure 4: what each method gains over NMF, as a box over all pairs of a target and a source.

using ScottPlot;

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>The gains of a method.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Gains">Its gain for each pair, in per cent; NaN if there is none.</param>
internal sealed record MethodGains(string Method, IReadOnlyList<double> Gains);

internal static class GainsFigure
{
    private const int RowHeight = 36, NameWidth = 150, NoteWidth = 128, HalfLabel = 30, Bottom = 30, Top = 26, FewestForBox = 5;
    private const double HalfBox = 0.28;

    /// <summary>Draws the figure.</summary>
    public static ReportFigure Draw(string name, string caption, IReadOnlyList<MethodGains> methods)
    {
        StringBuilder alt = new("Box plots of gains over NMF.");
        foreach (MethodGains method in methods)
        {
            alt.Append(CultureInfo.InvariantCulture, $" {method.Method}: ");
            alt.Append(BoxSummary.Of(method.Gains) is { } box
                ? $"median {Percent(box.Median, 1)}, middle half {Percent(box.LowerQuartile, 1)} to {Percent(box.UpperQuartile, 1)}."
                : "no values.");
        }

        return new ReportFigure(name, caption, alt.ToString(), FigureSheet.Draw(theme => Sheet(theme, methods)));
    }

    private static FigureSheet Sheet(FigureTheme theme, IReadOnlyList<MethodGains> methods)
    {
        int rows = Math.Max(1, methods.Count);
        float left = FigureNames.Width(methods.Select(method => method.Method), NameWidth) + 16;
        float data = FigureSheet.Width - left - HalfLabel - NoteWidth;
        Scale scale = Scale.Of(methods.SelectMany(method => method.Gains).Append(0), 8);
        double pixel = (scale.High - scale.Low) / data, end = scale.High + NoteWidth * pixel, floor = -rows + 0.5;
        FigurePlot panel = new(theme);
        // The label of the first tick extends to the left of it, and what is outside of the limits is cut off.
        panel.Place(
            new PixelPadding(left, 0, 0, 0), scale.Low - HalfLabel * pixel, end,
            floor - (double)Bottom / RowHeight, 0.5 + (double)Top / RowHeight);
        FigureNames.AtLeft(panel, theme, [.. methods.Select(method => method.Method)], NameWidth);
        foreach (double tick in scale.Ticks)
        {
            panel.Write(Percent(tick, scale.Decimals), tick, floor - 7d / RowHeight, Alignment.UpperCenter, theme.Muted);
            panel.Line(tick, floor, tick, 0.5, FigureTheme.Of(tick == 0 ? theme.Muted : theme.Rule), tick == 0 ? 1.5f : 1);
        }

        panel.Write("median, pairs", end, 0.5 + 12d / RowHeight, Alignment.MiddleRight, theme.Muted);
        for (int row = 0; row < methods.Count; row++)
            Row(panel, theme, methods[row], -row, pixel, end);
        return new FigureSheet(Top + RowHeight * rows + Bottom, panel.Plot);
    }

    private static void Row(FigurePlot panel, FigureTheme theme, MethodGains method, double height, double pixel, double end)
    {
        if (BoxSummary.Of(method.Gains) is not { } box)
        {
            panel.Write("no values", end, height, Alignment.MiddleRight, theme.Muted);
            return;
        }

        Color color = theme.SeriesColor(0);
        IEnumerable<double> points = method.Gains.Where(double.IsFinite);
        // Quartiles of a few values would claim more than the values say.
        if (box.Count >= FewestForBox)
        {
            panel.Line(box.LowerWhisker, height, box.LowerQuartile, height, color, 1.5f);
            panel.Line(box.UpperQuartile, height, box.UpperWhisker, height, color, 1.5f);
            panel.Line(box.LowerWhisker, height - HalfBox / 2, box.LowerWhisker, height + HalfBox / 2, color, 1.5f);
            panel.Line(box.UpperWhisker, height - HalfBox / 2, box.UpperWhisker, height + HalfBox / 2, color, 1.5f);
            double right = Math.Max(box.UpperQuartile, box.LowerQuartile + pixel);
            panel.Fill(box.LowerQuartile, right, height - HalfBox, height + HalfBox, color);
            panel.Line(box.Median, height - HalfBox, box.Median, height + HalfBox, FigureTheme.Of(theme.Background), 2.5f);
            points = box.Outliers;
        }

        panel.Mark([.. points.Select(value => new Coordinates(value, height))], MarkerShape.OpenCircle, 7, color);
        panel.Write($"{Percent(box.Median, 1)}", end, height, Alignment.MiddleRight, shift: -44);
        panel.Write($"{box.Count}", end, height, Alignment.MiddleRight, theme.Muted);
    }

    private static string Percent(double value, int decimals)
    {
        string digits = Math.Abs(value).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        bool isZero = !digits.AsSpan().ContainsAnyInRange('1', '9');
        return $"{(isZero ? "" : value < 0 ? "−" : "+")}{digits} %";
    }
}
