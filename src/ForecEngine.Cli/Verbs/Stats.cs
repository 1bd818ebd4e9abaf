// forec stats: prints the sizes of markets and their similarity.

namespace ForecEngine.Cli.Verbs;

internal static class Stats
{
    public static void Run(StatsArguments arguments, Terminal terminal)
    {
        (int? k, int? passes) = MarketChoice.KCore(arguments);
        JsonOutput json = new(arguments, terminal);
        IdTable items = new();
        List<Ratings> markets = [];
        List<int[]> itemsOf = [];
        foreach (MarketFiles files in MarketChoice.Several("--markets", arguments.Markets, arguments))
        {
            terminal.Announce($"reading {string.Join(", ", files.Files)}");
            Ratings ratings = RatingsReader.Read(files.Market, files.Files, files.Columns);
            if (k is { } least)
                ratings = KCore.Filter(ratings, least, passes ?? 1);
            markets.Add(ratings);
            int[] places = [.. Enumerable.Range(0, ratings.Items.Count).Select(item => items.Add(ratings.Items.Utf8(item)))];
            itemsOf.Add(Array.ConvertAll(ratings.ItemOf, item => places[item]));
        }

        MarketStatistics[] statistics =
        [
            .. markets.Zip(itemsOf, (market, itemOf) =>
                MarketStatistics.Of(market.Market, market.Users.Count, items.Count, market.UserOf, itemOf)),
        ];
        MarketSimilarity similarity = new(items.Count);
        for (int i = 0; i < markets.Count; i++)
            similarity.Add(markets[i].Market, itemsOf[i]);
        Print(statistics, similarity, terminal.Output);
        json.Write(() => ToJson(statistics, similarity));
    }

    private static void Print(MarketStatistics[] statistics, MarketSimilarity similarity, TextWriter output)
    {
        ResultTable.Write(
            output, ["market", "users", "items", "ratings", "density", "per user: mean", "median", "min", "max"],
            statistics.Select(s => (string[])
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

    private static JsonObject ToJson(MarketStatistics[] statistics, MarketSimilarity similarity)
    {
        JsonArray markets = [], pairs = [];
        foreach (MarketStatistics s in statistics)
        {
            markets.Add((JsonNode)new JsonObject
            {
                ["market"] = s.Market,
                ["users"] = s.Users,
                ["items"] = s.Items,
                ["ratings"] = s.Ratings,
                ["density"] = s.Density,
                ["mean_per_user"] = s.MeanPerUser,
                ["median_per_user"] = s.MedianPerUser,
                ["min_per_user"] = s.MinPerUser,
                ["max_per_user"] = s.MaxPerUser,
            });
        }

        for (int a = 0; a < similarity.Markets.Count; a++)
        {
            for (int b = a + 1; b < similarity.Markets.Count; b++)
            {
                MarketPair pair = similarity[a, b];
                pairs.Add((JsonNode)new JsonObject
                {
                    ["markets"] = new JsonArray(similarity.Markets[a], similarity.Markets[b]),
                    ["shared_items"] = pair.SharedItems,
                    ["jaccard"] = pair.Jaccard,
                    ["cosine"] = pair.Cosine,
                });
            }
        }

        return new JsonObject { ["schema"] = "forec.stats/1", ["markets"] = markets, ["similarity"] = pairs };
    }
}
