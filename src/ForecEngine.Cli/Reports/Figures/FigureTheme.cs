// The colours of figures and pages, on light and on dark. Those of the series can be distinguished by colour-blind people: they are the
// colours of Okabe and Ito (2008), moved until each has a contrast of 3 to its background, the least that WCAG 2.2 asks of a line.

using ScottPlot;

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>Colours, as #RRGGBB.</summary>
/// <param name="Background">Behind everything.</param>
/// <param name="Ink">Text.</param>
/// <param name="Muted">Text that is read second.</param>
/// <param name="Rule">Lines that divide.</param>
/// <param name="Low">The least value of a heat map.</param>
/// <param name="High">Its greatest value.</param>
/// <param name="Series">Lines and bars.</param>
internal sealed record FigureTheme(
    string Background, string Ink, string Muted, string Rule, string Low, string High, IReadOnlyList<string> Series)
{
    private const string Black = "#000000", White = "#FFFFFF";

    /// <summary>For light pages, and for paper.</summary>
    public static FigureTheme Light { get; } = new("#FFFFFF", "#1C2126", "#59636E", "#DDE1E6", "#E8F1F9", "#0A4F8F",
        ["#0072B2", "#D55E00", "#00805C", "#B0559B", "#9A6700", "#2F8FC4", "#4A4F55", "#7A7A00"]);

    /// <summary>For dark pages.</summary>
    public static FigureTheme Dark { get; } = new("#15191E", "#E6EAEE", "#9DA7B1", "#323A43", "#1E2A36", "#8CCBF5",
        ["#56B4E9", "#FF8F52", "#35C79C", "#E59CCB", "#E3B341", "#93A8F4", "#C3C9CF", "#D2D264"]);

    /// <summary>The colour of a series.</summary>
    public Color SeriesColor(int series) => Of(Series[series % Series.Count]);

    /// <summary>A colour between the ends of the heat map.</summary>
    /// <param name="part">From 0, the least, to 1.</param>
    public string Heat(double part)
    {
        Color low = Of(Low), high = Of(High);
        return $"#{Mix(low.R, high.R):X2}{Mix(low.G, high.G):X2}{Mix(low.B, high.B):X2}";

        int Mix(byte from, byte to) => (int)Math.Round(from + (to - from) * part);
    }

    /// <summary>The colour of a text on another colour: black or white, one of which has a contrast of 4.5 to any colour.</summary>
    public static string TextOn(string color) => Contrast(Black, color) >= Contrast(White, color) ? Black : White;

    /// <summary>The contrast of two colours as WCAG 2.2 defines it, from 1 to 21.</summary>
    public static double Contrast(string first, string second)
    {
        double one = Luminance(Of(first)), other = Luminance(Of(second));
        return (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);
    }

    /// <summary>A colour of ScottPlot's.</summary>
    public static Color Of(string color) => Color.FromHex(color);

    private static double Luminance(Color color) => 0.2126 * Linear(color.R) + 0.7152 * Linear(color.G) + 0.0722 * Linear(color.B);

    private static double Linear(byte channel)
    {
        double part = channel / 255d;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }
}
