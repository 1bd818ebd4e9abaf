// What can be said of a source before anything is trained: how many of the target's items it sells, how alike the two
// markets buy them, how much it has to teach. Only training rows count, so that the choice of a source does not look at
// what was held out.

namespace ForecEngine.Recommenders.Data;

/// <summary>A possible source, as seen from the target before training.</summary>
/// <param name="Market">The source.</param>
/// <param name="SharedItems">Items with training rows in both markets.</param>
/// <param name="ItemOverlap">The shared items, as a share of the target's.</param>
/// <param name="PopularitySimilarity">The cosine of the two markets' shares of interactions over the shared items (<see cref="MarketPair"/>).</param>
/// <param name="Rows">The source's training rows.</param>
/// <param name="MeanRank">The mean of its ranks among the candidates by overlap, similarity and rows; 1 is the best there is.</param>
public sealed record SourcePrior(string Market, int SharedItems, double ItemOverlap, double PopularitySimilarity, int Rows, double MeanRank)
{
    /// <summary>
    /// The candidates, the most promising first: by mean rank, then by name. Those without an item that the target has come
    /// last: nothing learned from them reaches it.
    /// </summary>
    /// <param name="target">The market that is recommended to.</param>
    /// <param name="candidates">The possible sources.</param>
    public static IReadOnlyList<SourcePrior> Rank(Market target, IReadOnlyList<Market> candidates)
    {
        IdTable items = new();
        int[][] itemsOf = [.. candidates.Prepend(target).Select(market => Array.ConvertAll(market.TrainItems.ToArray(), item => items.Add(market.Items.Utf8(item))))];
        MarketSimilarity similarity = new(items.Count);
        similarity.Add(target.Name, itemsOf[0]);
        for (int i = 0; i < candidates.Count; i++)
            similarity.Add(candidates[i].Name, itemsOf[i + 1]);

        int targetItems = itemsOf[0].Distinct().Count();
        SourcePrior[] unranked = [.. candidates.Select((market, i) => Of(market, similarity[0, i + 1], targetItems))];
        return [.. unranked
            .Select(prior => prior with { MeanRank = Measures.Average(measure => RankOf(prior, unranked, measure)) })
            .OrderBy(prior => prior.SharedItems == 0).ThenBy(prior => prior.MeanRank).ThenBy(prior => prior.Market, StringComparer.Ordinal)];
    }

    private static Func<SourcePrior, double>[] Measures { get; } =
        [prior => prior.ItemOverlap, prior => prior.PopularitySimilarity, prior => prior.Rows];

    private static SourcePrior Of(Market market, MarketPair pair, int targetItems) =>
        new(market.Name, pair.SharedItems, (double)pair.SharedItems / targetItems, pair.Cosine, market.TrainUsers.Length, MeanRank: 0);

    // Equals share the middle of the ranks that they take up.
    private static double RankOf(SourcePrior prior, SourcePrior[] all, Func<SourcePrior, double> measure)
    {
        double value = measure(prior);
        return 1 + all.Count(other => measure(other) > value) + ((all.Count(other => measure(other) == value) - 1) / 2.0);
    }
}
