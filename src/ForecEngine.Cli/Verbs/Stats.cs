// forec stats: prints the sizes of markets and their similarity.

namespace ForecEngine.Cli.Verbs;

internal static class Stats
{
    public static void Run(StatsArguments arguments, Terminal terminal)
    {
        (int? k, int? passes) = MarketChoice.KCore(arguments);
        JsonOutput json = new(arguments, terminal);
        MarketSurvey survey = new();
        foreach (MarketFiles files in MarketChoice.Several("--markets", arguments.Markets, arguments))
        {
            terminal.Announce($"reading {string.Join(", ", files.Files)}");
            Ratings ratings = RatingsReader.Read(files.Market, files.Files, files.Columns);
            survey.Add(k is { } least ? KCore.Filter(ratings, least, passes ?? 1) : ratings);
        }

        SurveyedMarkets markets = survey.Result();
        Print(markets.Markets, survey.Similarity, terminal.Output);
        json.Write(markets.ToJson);
    }

    private static void Print(IReadOnlyList<SurveyedMarket> markets, MarketSimilarity similarity, TextWriter output)
    {
        ResultTable.Write(
            output, ["market", "users", "items", "ratings", "density", "per user: mean", "median", "min", "max"],
            markets.Select(s => (string[])
            [
                s.Market, Number(s.Users), Number(s.Items), Number(s.Ratings), s.Density.ToString("P3", CultureInfo.InvariantCulture),
                s.MeanPerUser.ToString("F2", CultureInfo.InvariantCulture), s.MedianPerUser.ToString("0.#", CultureInfo.InvariantCulture),
                Number(s.MinPerUser), Number(s.MaxPerUser),
            ]));
        output.WriteLine();
        output.WriteLine("similarity: cosine of the shares of interactions over shared items (number of shared items)");
        ResultTable.Write(
            output, ["", .. similarity.Markets],
            similarity.Markets.Select((market, a) => (string[])[market, .. similarity.Markets.Select((_, b) => Pair(similarity[a, b]))]));

        static string Pair(MarketPair pair) => string.Create(CultureInfo.InvariantCulture, $"{pair.Cosine:F3} ({pair.SharedItems})");
        static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
    }
}
