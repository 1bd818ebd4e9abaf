// Ranks possible sources for a target before training, by three measures: how many of the target's items a source has, how similar
// the popularity of these items is in both, and how many rows it has. Only training rows count, so that the choice does not
// depend on held-out rows.

namespace ForecEngine.Recommenders.Data;

/// <summary>A possible source and its measures before training.</summary>
/// <param name="Market">The source.</param>
/// <param name="SharedItems">The number of items with training rows in both markets.</param>
/// <param name="ItemOverlap">Shared items / items of the target.</param>
/// <param name="PopularitySimilarity">The cosine of the two markets' row counts over the shared items (<see cref="MarketPair"/>).</param>
/// <param name="Rows">The number of the source's training rows.</param>
/// <param name="MeanRank">The mean of its ranks among the candidates by overlap, similarity and rows; 1 is the best.</param>
public sealed record SourcePrior(string Market, int SharedItems, double ItemOverlap, double PopularitySimilarity, int Rows, double MeanRank)
{
    /// <summary>
    /// Sorts candidates by mean rank, then by name. Candidates without an item of the target come last, because the target can
    /// learn nothing from them.
    /// </summary>
    /// <param name="target">The market that is recommended to.</param>
    /// <param name="candidates">The possible sources.</param>
    public static IReadOnlyList<SourcePrior> Rank(Market target, IReadOnlyList<Market> candidates)
    {
        IdTable items = new();
        int[][] itemsOf = [.. candidates.Prepend(target).Select(ItemsOf)];
        MarketSimilarity similarity = new(items.Count);
        similarity.Add(target.Name, itemsOf[0]);
        for (int i = 0; i < candidates.Count; i++)
            similarity.Add(candidates[i].Name, itemsOf[i + 1]);

        int targetItems = itemsOf[0].Distinct().Count();
        SourcePrior[] unranked = [.. candidates.Select((market, i) => Of(market, similarity[0, i + 1], targetItems))];
        return [.. unranked
            .Select(prior => prior with { MeanRank = Measures.Average(measure => RankOf(prior, unranked, measure)) })
            .OrderBy(prior => prior.SharedItems == 0).ThenBy(prior => prior.MeanRank)
            .ThenBy(prior => prior.Market, StringComparer.Ordinal)];

        int[] ItemsOf(Market market) => Array.ConvertAll(market.TrainItems.ToArray(), item => items.Add(market.Items.Utf8(item)));
    }

    private static Func<SourcePrior, double>[] Measures { get; } =
        [prior => prior.ItemOverlap, prior => prior.PopularitySimilarity, prior => prior.Rows];

    private static SourcePrior Of(Market market, MarketPair pair, int targetItems) =>
        new(market.Name, pair.SharedItems, (double)pair.SharedItems / targetItems, pair.Cosine, market.TrainUsers.Length, MeanRank: 0);

    // Candidates with equal values share the mean of their ranks.
    private static double RankOf(SourcePrior prior, SourcePrior[] all, Func<SourcePrior, double> measure)
    {
        double value = measure(prior);
        return 1 + all.Count(other => measure(other) > value) + ((all.Count(other => measure(other) == value) - 1) / 2.0);
    }
}
