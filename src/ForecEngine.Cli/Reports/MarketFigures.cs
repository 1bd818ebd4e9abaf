// The sizes of a sweep's markets as figures 1 and 2 of Bonab et al. (CIKM 2021).

using ForecEngine.Cli.Reports.Figures;

namespace ForecEngine.Cli.Reports;

internal static class MarketFigures
{
    private const int MostStars = 5;

    /// <summary>The figures.</summary>
    public static IEnumerable<ReportFigure> Of(SurveyedMarkets survey)
    {
        IReadOnlyList<SurveyedMarket> markets = PaperOrder.By(survey.Markets, market => market.Market);
        yield return MarketsFigure.Draw(
            "figure-1", "Figure 1. The items of each market, its rows, and their stars: the parts of rows with 1 to 5 stars, and the mean. "
            + "Half stars count for the next whole one.", [.. markets.Select(Numbers)]);
        if (markets.Count < 2)
            yield break;
        string[] names = [.. markets.Select(market => market.Market)];
        Dictionary<(string, string), double> cosines = [];
        foreach (SurveyedPair pair in survey.Similarity)
        {
            cosines[(pair.Markets[0], pair.Markets[1])] = pair.Cosine;
            cosines[(pair.Markets[1], pair.Markets[0])] = pair.Cosine;
        }

        yield return SimilarityFigure.Draw(
            "figure-2", "Figure 2. The similarity of markets: the cosine of the numbers of rows of the items that both have.", names,
            [.. names.Select(row => names.Select(column =>
                row == column ? 1 : cosines.GetValueOrDefault((row, column), double.NaN)).ToList())]);
    }

    // Ratings of another scale are no stars.
    private static MarketNumbers Numbers(SurveyedMarket market)
    {
        long[] stars = new long[MostStars];
        bool areStars = market.Stars is { Count: > 0 } counts && counts.All(count => count.Rating is > 0 and <= MostStars);
        foreach (StarCount count in areStars ? market.Stars ?? [] : [])
            stars[(int)MathF.Ceiling(count.Rating) - 1] += count.Rows;
        double? mean = areStars ? market.Stars!.Sum(count => (double)count.Rating * count.Rows) / stars.Sum() : null;
        return new MarketNumbers(market.Market, market.Items, market.Ratings, stars, mean);
    }
}
