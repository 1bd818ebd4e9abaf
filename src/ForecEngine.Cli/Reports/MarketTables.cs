// Tables 1 and 2 of Bonab et al. (CIKM 2021): XMarket at large as published, and the sizes of the sweep's markets.

namespace ForecEngine.Cli.Reports;

internal static class MarketTables
{
    private static readonly string[] s_sizes = ["users", "items", "ratings"];

    /// <summary>The section.</summary>
    /// <param name="results">The results.</param>
    public static IEnumerable<ReportBlock> Of(SweepResults results)
    {
        yield return new ReportHeading(2, "Markets");
        if (results.Survey is { } survey)
        {
            yield return Sizes(survey, results);
            foreach (ReportFigure figure in MarketFigures.Of(survey))
                yield return figure;
        }
        else
        {
            yield return new ReportText(
                "The sizes of the markets are not known: the sweep has no markets.json. 'forec sweep plan' writes it.");
        }

        yield return new ReportTable(
            "Table 1. XMarket at large, as published in the paper.", ["what", "number"],
            [.. Published.Figures.DataSet.Select(row => (IReadOnlyList<TableCell>)[new(row.Key), new(row.Value)])]);
        yield return new ReportTable(
            "Table 2 as published: XMarket's Electronics markets before any filter.", ["market", .. s_sizes],
            [.. Published.Figures.Electronics.Select(market => (IReadOnlyList<TableCell>)
                [new(market.Key), .. market.Value.Select(size => new TableCell(size))])]);
    }

    private static ReportTable Sizes(SurveyedMarkets survey, SweepResults results) => new(
        "Table 2. The markets of this sweep: the rows of their files, which 'forec prepare' filters in the case of XMarket, and the "
        + "users whose held-out item is ranked if the market is a target.",
        ["market", .. s_sizes, "ratings per user", "density", "tested users"],
        [
            .. PaperOrder.By(survey.Markets, market => market.Market).Select(market => (IReadOnlyList<TableCell>)
            [
                new(market.Market), Number(market.Users), Number(market.Items), Number(market.Ratings),
                new(market.MeanPerUser.ToString("F2", CultureInfo.InvariantCulture)),
                new(market.Density.ToString("P3", CultureInfo.InvariantCulture)), new(Tested(results, market.Market)),
            ]),
        ]);

    // Protocols can differ in who is tested.
    private static string Tested(SweepResults results, string market)
    {
        int[] tested = [.. results.Groups.SelectMany(group => group.Whole).Where(system => system.Target == market)
            .SelectMany(system => system.Scores.Values).Select(scores => scores.Users.Ids.Length).Distinct().Order()];
        return tested.Length == 0 ? ResultTables.Dash
            : string.Join(" or ", tested.Select(users => users.ToString("N0", CultureInfo.InvariantCulture)));
    }

    private static TableCell Number(int number) => new(number.ToString("N0", CultureInfo.InvariantCulture));
}
