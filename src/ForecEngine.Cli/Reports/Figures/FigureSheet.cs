// A figure before it is drawn: plots beside each other. It is drawn three times, as SVG on light and on dark, and as PNG on light with two
// pixels for one, for screens that have them.

using System.Runtime.InteropServices;
using ScottPlot;
using SkiaSharp;

namespace ForecEngine.Cli.Reports.Figures;

/// <summary>Plots beside each other.</summary>
/// <param name="Height">In pixels.</param>
/// <param name="Panels">The plots, each with its left and right edge.</param>
internal sealed record FigureSheet(int Height, IReadOnlyList<(Plot Plot, int Left, int Right)> Panels)
{
    /// <summary>The width of all figures, in pixels.</summary>
    public const int Width = 760;

    private const int PixelRatio = 2;

    /// <summary>A figure of a single plot.</summary>
    public FigureSheet(int height, Plot plot)
        : this(height, [(plot, 0, Width)])
    {
    }

    /// <summary>Draws a figure.</summary>
    /// <param name="sheet">The figure in the colours of a theme.</param>
    /// <exception cref="IOException">SkiaSharp's native library is missing.</exception>
    public static FigureImages Draw(Func<FigureTheme, FigureSheet> sheet)
    {
        try
        {
            return new(
                FigureSvg.Tidy(sheet(FigureTheme.Light).Svg()), FigureSvg.Tidy(sheet(FigureTheme.Dark).Svg()),
                sheet(FigureTheme.Light).Png());
        }
        catch (Exception exception) when (exception.GetBaseException() is DllNotFoundException)
        {
            throw new IOException(
                $"figures cannot be drawn: SkiaSharp's native library for {RuntimeInformation.RuntimeIdentifier} is missing", exception);
        }
    }

    private string Svg()
    {
        using MemoryStream stream = new();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream))
            Render(canvas);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private byte[] Png()
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(PixelRatio * Width, PixelRatio * Height));
        surface.Canvas.Scale(PixelRatio);
        Render(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    // ScottPlot draws a plot twice the first time, which an SVG would keep.
    private void Render(SKCanvas canvas)
    {
        using SKNoDrawCanvas nowhere = new(Width, Height);
        foreach ((Plot plot, int left, int right) in Panels)
        {
            PixelRect place = new(left, right, Height, 0);
            plot.Render(nowhere, place);
            plot.Render(canvas, place);
        }
    }
}
