// Figure 1: the items, the purchases and the stars of each market, as bars beside each other.

using ScottPlot;

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>What figure 1 shows of a market.</summary>
/// <param name="Market">Its name.</param>
/// <param name="Items">The number of its items.</param>
/// <param name="Purchases">The number of its rows.</param>
/// <param name="Stars">The numbers of its rows with 1, 2, 3, 4 and 5 stars; all 0 if it has no stars.</param>
/// <param name="MeanStars">The mean rating; null if it has no stars.</param>
internal sealed record MarketNumbers(string Market, long Items, long Purchases, IReadOnlyList<long> Stars, double? MeanStars);

internal static class MarketsFigure
{
    private const int RowHeight = 28, Top = 44, NameWidth = 130, Gap = 22, NumberWidth = 84, MeanWidth = 34, Stars = 5;
    private const double Half = 0.32;

    // In rows above the first row, which is at 0. The titles are within the plot, which clips what is outside.
    private const double TitleLine = 0.5 + 20d / RowHeight, Ceiling = 0.5 + (double)Top / RowHeight;

    /// <summary>Draws the figure.</summary>
    public static ReportFigure Draw(string name, string caption, IReadOnlyList<MarketNumbers> markets)
    {
        StringBuilder alt = new("Bars of each market's items, purchases and stars.");
        foreach (MarketNumbers market in markets)
        {
            alt.Append(CultureInfo.InvariantCulture, $" {market.Market}: {market.Items:N0} items, {market.Purchases:N0} purchases");
            if (market.MeanStars is { } mean)
                alt.Append(CultureInfo.InvariantCulture, $", {mean:0.0} stars on average");
            alt.Append('.');
        }

        return new ReportFigure(name, caption, alt.ToString(), FigureSheet.Draw(theme => Sheet(theme, markets)));
    }

    private static FigureSheet Sheet(FigureTheme theme, IReadOnlyList<MarketNumbers> markets)
    {
        float names = FigureNames.Width(markets.Select(market => market.Market), NameWidth) + 12;
        float width = (FigureSheet.Width - names - 2 * Gap) / 3;
        int first = (int)(names + width), second = (int)(names + 2 * width + Gap);
        int height = Top + RowHeight * Math.Max(1, markets.Count) + 8;
        return new FigureSheet(height,
        [
            (Bars(theme, "Items", markets, market => market.Items, 0, names, width, true), 0, first),
            (Bars(theme, "Purchases", markets, market => market.Purchases, 1, Gap, width, false), first, second),
            (StarBars(theme, markets, width), second, FigureSheet.Width),
        ]);
    }

    private static Plot Bars(
        FigureTheme theme, string title, IReadOnlyList<MarketNumbers> markets, Func<MarketNumbers, long> number, int series, float left,
        float width, bool named)
    {
        FigurePlot panel = new(theme);
        double most = Math.Max(1, markets.Select(number).DefaultIfEmpty().Max());
        panel.Place(new PixelPadding(left, 0, 8, 0), 0, most * width / (width - NumberWidth), -markets.Count + 0.5, Ceiling);
        Title(panel, title);
        for (int row = 0; row < markets.Count; row++)
        {
            long value = number(markets[row]);
            panel.Fill(0, value, -row - Half, -row + Half, theme.SeriesColor(series));
            panel.Write(value.ToString("N0", CultureInfo.InvariantCulture), value, -row, Alignment.MiddleLeft, theme.Muted, shift: 4);
        }

        if (named)
            FigureNames.AtLeft(panel, theme, [.. markets.Select(market => market.Market)], NameWidth);
        return panel.Plot;
    }

    private static Plot StarBars(FigureTheme theme, IReadOnlyList<MarketNumbers> markets, float width)
    {
        FigurePlot panel = new(theme);
        panel.Place(new PixelPadding(Gap, 0, 8, 0), 0, width / (width - MeanWidth), -markets.Count + 0.5, Ceiling);
        Title(panel, "Stars");
        string[] colors = [.. Enumerable.Range(0, Stars).Select(star => theme.Heat((star + 0.5) / Stars))];
        double unit = 1 / (width - MeanWidth), key = 22 * unit, start = 1 - Stars * key;
        for (int star = 0; star < Stars; star++)
        {
            double left = start + star * key;
            panel.Fill(left, left + key - unit, TitleLine - Half, TitleLine + Half, FigureTheme.Of(colors[star]));
            panel.Write($"{star + 1}", left + key / 2, TitleLine, Alignment.MiddleCenter, FigureTheme.TextOn(colors[star]), 12);
        }

        for (int row = 0; row < markets.Count; row++)
        {
            if (markets[row].MeanStars is not { } mean)
            {
                panel.Write("no stars", 0, -row, Alignment.MiddleLeft, theme.Muted);
                continue;
            }

            double before = 0, all = markets[row].Stars.Sum();
            for (int star = 0; star < Stars; star++)
            {
                double part = markets[row].Stars[star] / all;
                if (part > unit)
                    panel.Fill(before, before + part - unit, -row - Half, -row + Half, FigureTheme.Of(colors[star]));
                before += part;
            }

            panel.Write(mean.ToString("0.0", CultureInfo.InvariantCulture), 1, -row, Alignment.MiddleLeft, theme.Muted, shift: 6);
        }

        return panel.Plot;
    }

    private static void Title(FigurePlot panel, string title) =>
        panel.Write(title, 0, TitleLine, Alignment.MiddleLeft, size: FigurePlot.TitleSize);
}
