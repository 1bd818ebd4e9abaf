#!/usr/bin/env bash
# One would guess that drawing a plot into an SVG writes each of its elements once. ScottPlot 5.1.59 draws twice the first time that
# Plot.Render draws a plot on a canvas, once the next times; Plot.GetSvgXml draws once. In a PNG the second drawing covers the first one,
# except where colours are transparent; an SVG keeps both, is twice as large, and a screen reader reads its text twice.
# Our figures are drawn on a canvas that keeps nothing before they are drawn into a file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package ScottPlot@5.1.59
#:package SkiaSharp@3.119.4
#:package SkiaSharp.HarfBuzz@3.119.4
#:package SkiaSharp.NativeAssets.Linux.NoDependencies@3.119.4
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Text;
using ScottPlot;
using SkiaSharp;

static int Lines(string svg) => svg.Split("<path").Length - 1;

static int Drawn(Plot plot)
{
    using var stream = new MemoryStream();
    using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, 400, 300), stream))
        plot.Render(canvas, new PixelRect(0, 400, 300, 0));
    return Lines(Encoding.UTF8.GetString(stream.ToArray()));
}

static Plot New()
{
    var plot = new Plot();
    plot.Add.Scatter(new double[] { 1, 2, 3 }, new double[] { 1, 4, 9 });
    plot.Axes.SetLimits(0, 4, 0, 10);
    return plot;
}

var once = Lines(New().GetSvgXml(400, 300));
var plot = New();
int[] drawn = [Drawn(plot), Drawn(plot), Drawn(plot)];
Console.WriteLine("ScottPlot 5.1.59, the paths in an SVG of the same plot. Guess: the same number every time.");
Console.WriteLine($"GetSvgXml {once}; Render, three times: {string.Join(", ", drawn)}");
return once > 0 && drawn[0] == 2 * once && drawn[1] == once && drawn[2] == once ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
