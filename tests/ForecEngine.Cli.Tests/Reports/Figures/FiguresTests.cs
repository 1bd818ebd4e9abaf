// What is drawn, read from the SVG.

using System.Globalization;
using System.Xml.Linq;
using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Reports.Figures;
using SkiaSharp;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports.Figures;

public sealed class FiguresTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData(7, 4)]
    [InlineData(1, 1)]
    [InlineData(18, 12)]
    [InlineData(0, 0)]
    public void A_figure_drawn_twice_has_the_same_bytes(int markets, int methods)
    {
        foreach ((ReportFigure first, ReportFigure second) in Drawn.All(markets, methods).Zip(Drawn.All(markets, methods)))
        {
            Assert.Equal(first.Images.LightSvg, second.Images.LightSvg);
            Assert.Equal(first.Images.DarkSvg, second.Images.DarkSvg);
            Assert.Equal(first.Images.Png, second.Images.Png);
            Assert.Equal(first.AltText, second.AltText);
            Assert.NotEqual(first.Images.LightSvg, first.Images.DarkSvg);
        }
    }

    [Theory]
    [InlineData(7, 4)]
    [InlineData(18, 12)]
    [InlineData(0, 0)]
    public void An_image_scales_has_no_ids_and_no_fonts_but_common_ones_and_its_text_is_within(int markets, int methods)
    {
        foreach (string svg in Drawn.All(markets, methods).SelectMany(figure => new[] { figure.Images.LightSvg, figure.Images.DarkSvg }))
        {
            XElement image = XElement.Parse(svg);
            Assert.Equal(
                $"0 0 {(string?)image.Attribute("width")} {(string?)image.Attribute("height")}", (string?)image.Attribute("viewBox"));
            Assert.Empty(image.DescendantsAndSelf().Attributes("id"));
            Assert.EndsWith("sans-serif", (string?)image.Attribute("font-family"), StringComparison.Ordinal);
            Assert.Empty(image.Descendants().Attributes("font-family"));
            Assert.All(image.Descendants(s_svg + "text"), text => Assert.InRange(Right(text), 0, FigureSheet.Width + 0.5));
        }
    }

    [Fact]
    public void A_PNG_has_two_pixels_for_each_of_the_SVG()
    {
        ReportFigure figure = Drawn.All(7, 4)[0];
        using SKBitmap image = SKBitmap.Decode(figure.Images.Png);

        Assert.Equal(2 * FigureSheet.Width, image.Width);
        Assert.Equal(2 * (int)XElement.Parse(figure.Images.LightSvg).Attribute("height")!, image.Height);
    }

    [Fact]
    public void Figure_1_has_bars_in_proportion_with_their_numbers_and_the_mean_stars()
    {
        ReportFigure figure = MarketsFigure.Draw("f", "c",
            [new("de", 1000, 40_000, [1, 0, 0, 0, 3], 4), new("jp", 250, 10_000, [0, 0, 0, 0, 0], null)]);

        string[] texts = Texts(figure);
        Assert.Equal(["1,000", "250", "40,000", "10,000", "4.0", "no stars"], texts.Where(text => text is not ("Items" or "Purchases"
            or "Stars" or "de" or "jp") && text.Length > 1));
        double[] bars = [.. Rectangles(figure).Where(bar => bar.Fill == FigureTheme.Light.Series[0]).Select(bar => bar.Width)];
        Assert.Equal(4, bars[0] / bars[1], 2);
        Assert.Contains("de: 1,000 items, 40,000 purchases, 4.0 stars on average.", figure.AltText, StringComparison.Ordinal);
    }

    [Fact]
    public void Figure_2_has_every_value_in_its_cell_and_its_extremes_in_the_colours_ends()
    {
        ReportFigure figure = SimilarityFigure.Draw("f", "c", ["de", "jp", "uk"],
            [[1, 0.1, 0.2], [0.3, 1, double.NaN], [0.25, 0.5, 1]]);

        Assert.Equal(["0.10", "0.20", "0.25", "0.30", "0.50", "1.00", "1.00", "1.00", "–"],
            Texts(figure).Where(text => !char.IsAsciiLetter(text[0])).Order(StringComparer.Ordinal));
        Assert.Single(Rectangles(figure), cell => cell.Fill == FigureTheme.Light.Low);
        Assert.Single(Rectangles(figure), cell => cell.Fill == FigureTheme.Light.High);
        Assert.Contains("Most alike: uk and jp (0.50). Least alike: de and jp (0.10).", figure.AltText, StringComparison.Ordinal);
    }

    [Fact]
    public void Figure_4_draws_boxes_of_the_quartiles_and_the_values_themselves_if_they_are_few()
    {
        ReportFigure figure = GainsFigure.Draw("f", "c",
            [new("maml", [0, 10, 20, 30, 40, 100]), new("forec", [5, double.NaN, 15]), new("nmf++", [])]);

        // The axis goes from 0 to 100 %; its lines show how many pixels that is.
        double[] ticks = [.. Lines(figure).Where(line => line.From.X == line.To.X && line.Width > 60).Select(line => line.From.X)];
        double pixel = (ticks.Max() - ticks.Min()) / 100;
        (string Fill, double Left, double Width) box = Assert.Single(Rectangles(figure), bar => bar.Fill == FigureTheme.Light.Series[0]);
        Assert.Equal(12.5, (box.Left - ticks.Min()) / pixel, 1);
        Assert.Equal(25, box.Width / pixel, 1);
        Assert.All(["+25.0 %", "6", "+10.0 %", "2", "no values"], text => Assert.Contains(text, Texts(figure)));
        Assert.Equal(3, Ellipses(figure));
        Assert.Contains("maml: median +25.0 %, middle half +12.5 % to +37.5 %.", figure.AltText, StringComparison.Ordinal);
    }

    [Fact]
    public void Figure_5_has_a_marker_for_each_value_a_gap_for_a_missing_one_and_the_name_at_the_end()
    {
        ReportFigure figure = TrainingSizeFigure.Draw("f", "c", [0.1, 0.25, 0.5, 1], "nDCG@10",
        [
            new("nmf", [0.1, 0.2, 0.3, 0.4]), new("forec", [0.2, double.NaN, 0.4, 0.5]),
            new("ease", [double.NaN, double.NaN, double.NaN, double.NaN]),
        ]);

        Assert.All(["10 %", "25 %", "50 %", "100 %", "nDCG@10", "nmf", "forec"], text => Assert.Contains(text, Texts(figure)));
        Assert.DoesNotContain("ease", Texts(figure));
        Assert.Equal(3, Lines(figure).Count(line => line.Color == FigureTheme.Light.Series[0] && line.Stroke == 2));
        Assert.Equal(1, Lines(figure).Count(line => line.Color == FigureTheme.Light.Series[1] && line.Stroke == 2));
        Assert.Equal(4, Ellipses(figure));

        // Halving the rows is the same step everywhere.
        double[] places = [.. Lines(figure).Where(line => line.Color == FigureTheme.Light.Series[0] && line.Stroke == 2)
            .Select(line => line.To.X - line.From.X)];
        Assert.Equal(places[1], places[2], 2);
        Assert.Equal(Math.Log2(2.5), places[0] / places[1], 2);
        Assert.Contains("forec: 0.2000 at 10 %, nothing at 25 %", figure.AltText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_aligned_at_its_start_its_middle_or_its_end_whatever_the_font_of_the_browser()
    {
        ReportFigure figure = MarketsFigure.Draw("f", "c", [new("de", 1000, 40_000, [1, 0, 0, 0, 3], 4)]);
        Dictionary<string, XElement> texts = Of(figure, "text").DistinctBy(text => text.Value).ToDictionary(text => text.Value);

        // The name is right of its place, the number left, the number of stars in the middle.
        Assert.Equal("end", (string?)texts["de"].Attribute("text-anchor"));
        Assert.Null(texts["1,000"].Attribute("text-anchor"));
        Assert.Equal("middle", (string?)texts["5"].Attribute("text-anchor"));
        Assert.All(texts.Values, text => Assert.InRange(Math.Abs(Number(text, "x")), 0, 1));
        Assert.All(texts.Values, text => Assert.Null(text.Attribute("font-family")));
    }

    private static IEnumerable<XElement> Of(ReportFigure figure, string kind) =>
        XElement.Parse(figure.Images.LightSvg).Descendants(s_svg + kind);

    private static string[] Texts(ReportFigure figure) => [.. Of(figure, "text").Select(text => text.Value)];

    private static int Ellipses(ReportFigure figure) => Of(figure, "ellipse").Count() + Of(figure, "circle").Count();

    private static double Number(XElement element, string name) => (double?)element.Attribute(name) ?? 0;

    private static List<(string Fill, double Left, double Width)> Rectangles(ReportFigure figure) =>
        [.. Of(figure, "rect").Select(bar => ((string?)bar.Attribute("fill") ?? "", Number(bar, "x"), Number(bar, "width")))];

    // Skia writes a straight line as the path M x y L x y.
    private static List<((double X, double Y) From, (double X, double Y) To, double Width, string? Color, double Stroke)> Lines(
        ReportFigure figure)
    {
        List<((double, double), (double, double), double, string?, double)> lines = [];
        foreach (XElement path in Of(figure, "path"))
        {
            double[] points = [.. ((string)path.Attribute("d")!).Split('M', 'L', ' ').Where(part => part.Length > 0)
                .Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
            if (points.Length == 4)
            {
                lines.Add(((points[0], points[1]), (points[2], points[3]), Math.Abs(points[1] - points[3]),
                    (string?)path.Attribute("stroke"), Number(path, "stroke-width")));
            }
        }

        return lines;
    }

    // The right end of a horizontal text, in the figures' font.
    private static double Right(XElement text)
    {
        string transform = (string)text.Attribute("transform")!;
        if (!transform.StartsWith("translate(", StringComparison.Ordinal))
            return 0;
        double width = FigureFont.WidthOf(text.Value, (float)Number(text, "font-size"));
        double part = (string?)text.Attribute("text-anchor") switch { "end" => 0, "middle" => 0.5, _ => 1 };
        return double.Parse(transform.Split('(', ' ')[1], CultureInfo.InvariantCulture) + Number(text, "x") + part * width;
    }
}
