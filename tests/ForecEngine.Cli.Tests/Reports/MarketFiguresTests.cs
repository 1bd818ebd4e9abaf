// The numbers in figures 1 and 2, which their alternative texts say.

using ForecEngine.Cli.Reports;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class MarketFiguresTests
{
    [Fact]
    public void The_figures_have_the_sizes_stars_and_similarities_of_the_markets_in_the_order_of_the_paper()
    {
        ReportFigure[] figures = [.. MarketFigures.Of(Survey(
            [Market("uk", 20, null), Market("xx", 30, [new(10, 30)]), Market("de", 10, [new(0.5f, 1), new(5, 3)])],
            [new(["uk", "xx"], 1, 0, 0.25), new(["uk", "de"], 2, 0, 0.5)]))];

        Assert.Equal(["figure-1", "figure-2"], figures.Select(figure => figure.Name));
        Assert.Equal("Bars of each market's items, purchases and stars. de: 10 items, 40 purchases, 3.9 stars on average. "
            + "uk: 20 items, 80 purchases. xx: 30 items, 120 purchases.", figures[0].AltText);
        Assert.Equal("Heat map of the similarity of 3 markets. Most alike: uk and de (0.50). Least alike: uk and xx (0.25).",
            figures[1].AltText);
    }

    [Fact]
    public void One_market_is_similar_to_none() => Assert.Single(MarketFigures.Of(Survey([Market("jp", 1, null)], [])));

    private static SurveyedMarkets Survey(IReadOnlyList<SurveyedMarket> markets, IReadOnlyList<SurveyedPair> pairs) =>
        new() { Markets = markets, Similarity = pairs };

    private static SurveyedMarket Market(string name, int items, IReadOnlyList<StarCount>? stars) =>
        new(name, 5, items, 4 * items, 0.1, 4, 4, 1, 9) { Stars = stars, UsersByRows = [], ItemsByRows = [] };
}
