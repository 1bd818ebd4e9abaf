// With the items of all markets as candidates, no candidate is an item of the user, training draws from the market's items alone, and a
// market without additions is ranked as before.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class CandidatePoolTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Candidates_are_items_of_all_markets_that_the_user_does_not_have(Seed seed)
    {
        Market market = Pooled(seed.Value, "uk");
        HashSet<string> drawn = [], all = [];
        foreach (Split split in (Split[])[Split.Valid, Split.Test])
        {
            IReadOnlyList<CandidateList> sampled = SampledCandidates.Draw(market, split, seed.Value, 20);
            foreach ((HeldOutRow row, CandidateList list) in market.HeldOut(split).Zip(sampled))
            {
                Assert.Equal(21, list.Items.Distinct().Count());
                Assert.Equal([row.Item], list.Items.Intersect(market.Seen(row.User).ToArray()));
                drawn.UnionWith(list.Items.Select(market.Items.Text));
            }

            foreach ((HeldOutRow row, CandidateList list) in market.HeldOut(split).Zip(new AllCandidates(market, split)))
            {
                Assert.Contains(row.Item, list.Items);
                Assert.Equal(list.Items.Order().Distinct(), list.Items);
                Assert.Empty(list.Items.Intersect(market.Trained(row.User).ToArray()).Except([row.Item]));
                all.UnionWith(list.Items.Select(market.Items.Text));
            }
        }

        Assert.Contains(drawn, item => item.StartsWith("uk", StringComparison.Ordinal));
        Assert.Contains(drawn, item => item.StartsWith("jp", StringComparison.Ordinal));

        // The 30 items of uk, half of which are shared, and those that only jp has: 15, or fewer if no user has some of them.
        IdTable own = TestMarkets.Random("jp", seed.Value).Items;
        int items = 30 + Enumerable.Range(0, own.Count).Count(item => own.Text(item).StartsWith("jp", StringComparison.Ordinal));
        Assert.Equal(items, all.Count);
        Assert.Equal(items, market.CandidatePoolSize);
    }

    [Fact]
    public void Training_negatives_and_support_sets_are_drawn_from_the_items_of_the_market()
    {
        Market market = Pooled(1, "uk");
        Assert.Equal(30, market.PoolSize);
        int[] negatives = new int[20 * market.TrainUsers.Length];
        for (int row = 0; row < market.TrainUsers.Length; row++)
            new NegativeSampler(market, 1).Draw(0, row, 1, negatives.AsSpan(20 * row, 20));
        Assert.All(negatives, item => Assert.InRange(item, 0, market.PoolSize - 1));
        foreach (NegativesExclude exclude in Enum.GetValues<NegativesExclude>())
        {
            Assert.Equal(
                SampledCandidates.ForShots(TestMarkets.Prepared("jp", 1), 1, 15, exclude).Select(list => list.Items),
                SampledCandidates.ForShots(market, 1, 15, exclude).Select(list => list.Items));
        }
    }

    [Fact]
    public void Adding_items_that_the_market_has_changes_no_list()
    {
        Market market = TestMarkets.Prepared("jp", 1), same = TestMarkets.Prepared("jp", 1);
        same.AddCandidates(TestMarkets.Random("jp", 1).Items);
        Assert.Equal(market.PoolSize, same.CandidatePoolSize);
        Assert.Equal(
            SampledCandidates.Draw(market, Split.Test, 1, 20).Select(list => list.Items),
            SampledCandidates.Draw(same, Split.Test, 1, 20).Select(list => list.Items));
    }

    // To a model of the target alone, an item of another market is unknown: popularity counts 0, and a network ranks it last.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 10)]
    public void Unknown_items_score_like_items_without_training_rows_or_come_last(Seed seed)
    {
        using ScalarDevice device = new();
        PlacedMarket placed = new MarketUnion([Pooled(seed.Value, "uk")]).Place("jp");
        Assert.All(placed.ItemRows[placed.Market.PoolSize..], row => Assert.Equal(-1, row));
        Gmf gmf = new(device, new ModelShape(placed.UserRows.Length, placed.Market.PoolSize, 3, [6]));
        gmf.Initialise(seed.Value, "test", 1);
        FitInput input = new([placed], placed, new TableIds(new MarketUnion([placed.Market])), device, Threads: 1, Seed: 1);
        IScorer popularity = new PopularityFit().Make(input).Scorer(device, 0);
        (IScorer, Real)[] scorers = [(popularity, 0), (new ModelScorer(device, gmf), -float.MaxValue)];
        foreach ((IScorer scorer, Real unknown) in scorers)
        {
            Ranker ranker = new(Metric.Default, threads: 2);
            AllCandidates all = new(placed.Market, Split.Test);
            RankedLists ranked = ranker.Rank(scorer, placed, all);
            foreach ((CandidateList list, Real[] scores) in ranked.Lists.Zip(ranked.Scores))
            {
                Assert.All(
                    list.Items.Zip(scores).Where(pair => pair.First >= placed.Market.PoolSize),
                    pair => Assert.Equal(unknown, pair.Second));
            }

            Assert.Equal(ranker.Rank(scorer, placed, [.. all]).Scores, ranked.Scores);
        }
    }

    private static Market Pooled(ulong seed, string other)
    {
        Market market = TestMarkets.Prepared("jp", seed);
        market.AddCandidates(AllItems(other));
        return market;
    }

    // All 30 items of a market of TestMarkets, whether or not a row has them.
    private static IdTable AllItems(string market)
    {
        IdTable items = new();
        for (int item = 0; item < 30; item++)
            items.Add(item % 2 == 0 ? $"shared{item}" : $"{market}{item}");
        return items;
    }
}
