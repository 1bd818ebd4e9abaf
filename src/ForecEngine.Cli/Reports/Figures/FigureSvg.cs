// Adapts Skia's SVG to web pages:
// - A viewBox is added, because without one the image does not scale.
// - Clip paths are removed. They are most of the file, and two images in a page have the same ids. Plots draw nothing outside their area.
// - Text is aligned at its start, middle or end. Skia places every character for one font, which leaves gaps in any other font.

using System.Xml.Linq;

namespace ForecEngine.Cli.Reports.Figures;

internal static class FigureSvg
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    /// <summary>The image with text in common fonts, with a viewBox, and without ids.</summary>
    /// <param name="svg">What Skia wrote.</param>
    public static string Tidy(string svg)
    {
        XElement image = XElement.Parse(svg);
        image.Attribute(XNamespace.Xmlns + "xlink")?.Remove();
        image.SetAttributeValue("viewBox", $"0 0 {(string)image.Attribute("width")!} {(string)image.Attribute("height")!}");
        image.SetAttributeValue("font-family", FigureFont.Families);
        foreach (XAttribute usual in image.Descendants().Attributes("stroke-miterlimit").Where(limit => limit.Value == "4").ToList())
            usual.Remove();
        foreach (XElement clip in image.Descendants(s_svg + "clipPath").ToList())
            clip.Remove();
        while (image.Descendants(s_svg + "g").FirstOrDefault(group => group.Attribute("clip-path") is not null) is { } group)
            group.ReplaceWith(group.Nodes());
        foreach (XElement text in image.Descendants(s_svg + "text").ToList())
            Tidy(text);
        StringBuilder tidied = new();
        foreach (string line in image.ToString().Split('\n'))
            tidied.Append(line.Trim()).Append('\n');
        return tidied.ToString();
    }

    private static void Tidy(XElement text)
    {
        string content = text.Value.Trim();
        if (content.Length == 0)
        {
            text.Remove();
            return;
        }

        float size = float.Parse((string)text.Attribute("font-size")!, CultureInfo.InvariantCulture);
        text.Value = content;
        text.SetAttributeValue("font-family", null);
        text.SetAttributeValue("y", First(text, "y"));

        // ScottPlot moves the origin to the point that a text is aligned at, so that the text begins at 0, or before it by half or all of
        // its width.
        float start = float.Parse(First(text, "x"), CultureInfo.InvariantCulture), width = FigureFont.WidthOf(content, size);
        double part = Math.Clamp(Math.Round(-2 * start / width) / 2, 0, 1);
        text.SetAttributeValue("x", (start + part * width).ToString("0.##", CultureInfo.InvariantCulture));
        if (part > 0)
            text.SetAttributeValue("text-anchor", part == 1 ? "end" : "middle");
    }

    private static string First(XElement text, string places) => ((string)text.Attribute(places)!).Split(',')[0];
}
