// The font of the figures comes with a package: a figure has the same bytes on a server without fonts, where SkiaSharp draws no text at
// all, as on a desktop. A browser shows an SVG in a font of its own (FigureSvg).

using PdfSharp.WPFonts;
using ScottPlot;
using SkiaSharp;

namespace ForecEngine.Cli.Reports.Figures;

internal sealed class FigureFont : IFontResolver
{
    /// <summary>The name of the font.</summary>
    public const string Name = "Segoe WP";

    /// <summary>The fonts that a browser tries, in this order.</summary>
    public const string Families = "'Segoe UI', Arial, 'Liberation Sans', Helvetica, sans-serif";

    private const char Missing = '\u00b7';

    private static readonly SKTypeface s_typeface = Load();

    private FigureFont()
    {
    }

    /// <summary>Makes the font known to ScottPlot, once.</summary>
    public static FigureFont Instance { get; } = Register();

    /// <summary>The width of a text, in pixels.</summary>
    public static float WidthOf(string text, float size)
    {
        using SKFont font = new(s_typeface, size) { Subpixel = true, Hinting = SKFontHinting.None, LinearMetrics = true };
        return font.MeasureText(text);
    }

    /// <summary>A text in the characters that the font has, shortened to a width.</summary>
    /// <param name="text">The text, a name from a file.</param>
    /// <param name="size">The size of the font, in pixels.</param>
    /// <param name="width">The width, in pixels.</param>
    public static string Fitted(string text, float size, float width)
    {
        StringBuilder known = new();
        foreach (Rune rune in text.EnumerateRunes())
            known.Append(rune.IsBmp && s_typeface.ContainsGlyph(rune.Value) ? (char)rune.Value : Missing);
        if (WidthOf(known.ToString(), size) <= width)
            return known.ToString();
        while (known.Length > 1 && WidthOf($"{known}…", size) > width)
            known.Length--;
        return $"{known}…";
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? s_typeface : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? s_typeface : null;

    private static FigureFont Register()
    {
        FigureFont font = new();
        Fonts.FontResolvers.Insert(0, font);
        return font;
    }

    private static SKTypeface Load()
    {
        using SKData data = SKData.CreateCopy(FontDataHelper.SegoeWP);
        return SKTypeface.FromData(data);
    }
}
