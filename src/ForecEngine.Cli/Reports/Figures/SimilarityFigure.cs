// Figure 2: how alike markets are, as a heat map with the values in its cells.

using ScottPlot;

namespace ForecEngine.Cli.Reports.Figures;

internal static class SimilarityFigure
{
    private const int NameWidth = 130, CellHeight = 30, Most = 100;
    private const float SmallText = 11;

    /// <summary>Draws the figure.</summary>
    /// <param name="name">The name of the figure.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="markets">The markets.</param>
    /// <param name="values">The similarities, from 0 to 1, a list for each market; NaN where there is none.</param>
    public static ReportFigure Draw(
        string name, string caption, IReadOnlyList<string> markets, IReadOnlyList<IReadOnlyList<double>> values)
    {
        var pairs = (
            from row in Enumerable.Range(0, markets.Count)
            from column in Enumerable.Range(0, markets.Count)
            where row != column && double.IsFinite(values[row][column])
            orderby values[row][column]
            select $"{markets[row]} and {markets[column]} ({Text(values[row][column])})").ToList();
        string alt = $"Heat map of the similarity of {markets.Count} markets."
            + (pairs.Count > 0 ? $" Most alike: {pairs[^1]}. Least alike: {pairs[0]}." : "");
        return new ReportFigure(name, caption, alt, FigureSheet.Draw(theme => Sheet(theme, markets, values)));
    }

    private static FigureSheet Sheet(FigureTheme theme, IReadOnlyList<string> markets, IReadOnlyList<IReadOnlyList<double>> values)
    {
        int count = Math.Max(1, markets.Count);
        float left = FigureNames.Width(markets, NameWidth) + 12, cell = Math.Min(Most, (FigureSheet.Width - left) / count);
        float widest = FigureNames.Width(markets, NameWidth);
        bool upright = widest > cell - 4;
        int top = upright ? (int)widest + 14 : 28;
        FigurePlot panel = new(theme);
        PixelPadding margins = new(left, FigureSheet.Width - left - count * cell, 8, 0);
        panel.Place(margins, -0.5, count - 0.5, -count + 0.5, 0.5 + (double)top / CellHeight);
        FigureNames.AtLeft(panel, theme, markets, NameWidth);

        // The colours cover the range of the other cells. The diagonal is always 1 and would leave most of them unused.
        double most = Others().DefaultIfEmpty(1).Max(), least = Others().DefaultIfEmpty(0).Min();
        for (int row = 0; row < markets.Count; row++)
        {
            ScottPlot.Plottables.Text head = panel.Write(
                FigureFont.Fitted(markets[row], FigurePlot.TextSize, NameWidth), row, 0.5 + 8d / CellHeight,
                upright ? Alignment.MiddleLeft : Alignment.LowerCenter);
            head.LabelRotation = upright ? -90 : 0;
            for (int column = 0; column < markets.Count; column++)
            {
                double value = values[row][column];
                bool coloured = row != column && double.IsFinite(value);
                string color = coloured ? theme.Heat(most > least ? (value - least) / (most - least) : 0.5) : theme.Background;
                double gapX = 1 / cell, gapY = 1d / CellHeight;
                panel.Fill(
                    column - 0.5 + gapX, column + 0.5 - gapX, -row - 0.5 + gapY, -row + 0.5 - gapY, FigureTheme.Of(color));
                panel.Write(
                    double.IsFinite(value) ? Text(value) : "–", column, -row, Alignment.MiddleCenter,
                    coloured ? FigureTheme.TextOn(color) : theme.Muted, cell < 34 ? SmallText : FigurePlot.TextSize);
            }
        }

        return new FigureSheet(8 + top + CellHeight * count, panel.Plot);

        IEnumerable<double> Others() => values.SelectMany((row, place) => row.Where((_, column) => column != place)).Where(double.IsFinite);
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
