// Rankings in the order of trec_eval: by descending score, then by descending item id.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class RankerTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    [Fact]
    public void Unknown_items_come_last_and_all_items_of_an_unknown_user_score_0()
    {
        Market market = Market.Prepare(TestMarkets.Ratings("jp", [.. "abc".Select((item, i) => new Row("u", $"{item}", 5, i))]),
            SplitRules.TrainOnAll);
        int stranger = market.Users.Add("stranger"), x = market.Items.Add("x"), y = market.Items.Add("y");
        CandidateList[] lists = [new(0, [x, 2, 0, y, 1], [0, 0, 1, 1, 0], [("a", 1), ("y", 1)]),
            new(stranger, [0, y, 1], [0, 1, 0], [("y", 1)])];
        RankedLists ranked = new Ranker(Metric.Default, 1)
            .Rank(new ModelScorer(_device, new FixedScores(_device, (_, item) => -item - 1)), new MarketUnion([market]).Place("jp"), lists);
        Assert.Equal([[-float.MaxValue, -3, -1, -float.MaxValue, -2], [0, 0, 0]], ranked.Scores);
        Assert.Equal(["a", "b", "c", "y", "x"],
            Ranker.Order(ranked.Scores[0], lists[0].Items, market.Items.Ranks()).Select(place => market.Items.Text(lists[0].Items[place])));
        Assert.Equal([1, 1], ranked.Result.PerUser["mrr"]);
        Assert.Equal([new UserPlace(0, 0, Rank: 1, IsMeasured: true), new UserPlace(stranger, y, Rank: 1, IsMeasured: true)],
            ranked.Result.Places);
    }

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void Metrics_are_those_of_a_sort_by_score_and_id_and_do_not_depend_on_the_order_of_the_candidates(Seed seed)
    {
        // Only four different scores for up to thirty candidates, so that nearly all are tied.
        RandomSequence draws = RandomSequence.Named(seed.Value, "scores");
        Real Score(int user, int item) => draws.Below(((ulong)user << 32) + (ulong)item, 4) - 1;
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", seed.Value), TestMarkets.Prepared("de", seed.Value)]).Place("jp");
        Market market = placed.Market;
        IReadOnlyList<CandidateList> lists = [.. Enumerable.Range(0, market.Users.Count).Select(user => List(market, user, seed.Value))];
        Ranker ranker = new(Metric.ParseAll("ndcg@10,hr@3,mrr"), 1);
        RankedLists ranked = ranker.Rank(new ModelScorer(_device, new FixedScores(_device, Score)), placed, lists);

        Assert.Equal(lists.Count, ranked.Result.Users);
        for (int i = 0; i < lists.Count; i++)
        {
            CandidateList list = lists[i];
            (string Id, Real Score, float Relevance)[] sorted =
            [
                .. list.Items
                    .Zip(list.Relevance, (item, relevance) =>
                        (Id: market.Items.Text(item), Score: Score(placed.UserRows[list.User], placed.ItemRows[item]), relevance))
                    .OrderByDescending(c => c.Score).ThenByDescending(c => c.Id, StringComparer.Ordinal),
            ];
            float[] relevances = [.. sorted.Select(c => c.Relevance)], ideal = [.. list.Qrels.Select(q => q.Relevance).OrderDescending()];
            foreach (Metric metric in Metric.ParseAll("ndcg@10,hr@3,mrr"))
                Assert.Equal(metric.Of(relevances, ideal), ranked.Result.PerUser[metric.Name][i]);
            Assert.Equal(
                sorted.Select(c => c.Id),
                Ranker.Order(ranked.Scores[i], list.Items, market.Items.Ranks()).Select(place => market.Items.Text(list.Items[place])));
        }

        Assert.All(ranked.Result.Means, mean => Assert.Equal(ranked.Result.PerUser[mean.Key].Average(), mean.Value, 1e-12));

        CandidateList[] shuffled = [.. lists.Select(list => Shuffled(list, seed.Value))];
        EvaluationResult other = ranker.Rank(new ModelScorer(_device, new FixedScores(_device, Score)), placed, shuffled).Result;
        Assert.Equal(ranked.Result.PerUser, other.PerUser);
        Assert.Equal(ranked.Result.Means, other.Means);
    }

    [Fact]
    public void Among_equal_scores_the_greater_id_comes_first()
    {
        IdTable items = new();
        foreach (string id in (string[])["B10", "B9", "a", "B1"])
            items.Add(id);
        Assert.Equal([2, 1, 0, 3], Ranker.Order([1, 1, 1, 1], [0, 1, 2, 3], items.Ranks()));
        Assert.Equal([3, 2, 1, 0], Ranker.Order([1, 1, 1, 2], [0, 1, 2, 3], items.Ranks()));
        Assert.Equal([1, 0], Ranker.Order([-0f, 0f], [3, 0], items.Ranks()));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_score_that_is_not_finite_is_refused_and_the_error_names_the_user(float bad)
    {
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", 1)]).Place("jp");
        IReadOnlyList<CandidateList> lists = SampledCandidates.Draw(placed.Market, Split.Test, 1, 5);
        string message = Assert.Throws<ArithmeticException>(() =>
            new Ranker(Metric.Default, 1).Rank(
                new ModelScorer(_device, new FixedScores(_device, (user, _) => user == 3 ? bad : 0)), placed, lists)).Message;
        Assert.Equal($"the model's scores for user {placed.Market.Users.Text(3)} of jp are not finite", message);
    }

    [Fact]
    public void Thousands_of_lists_measure_the_same_as_one_by_one_with_and_without_kept_scores()
    {
        Real Score(int user, int item) => RandomSequence.Named(1, "scores").Below(((ulong)user << 32) + (ulong)item, 4);
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", 1)]).Place("jp");
        CandidateList[] lists = [.. Enumerable.Range(0, 2500).Select(i => List(placed.Market, i % placed.Market.Users.Count, (ulong)i))];
        RankedLists kept = new Ranker(Metric.Default, 1).Rank(new ModelScorer(_device, new FixedScores(_device, Score)), placed, lists);
        RankedLists bare = new Ranker(Metric.Default, 1, keepScores: false).Rank(
            new ModelScorer(_device, new FixedScores(_device, Score)), placed, lists);
        Assert.Empty(bare.Scores);
        Assert.Equal(kept.Result.Means, bare.Result.Means);
        foreach (int i in (int[])[0, 1023, 1024, 2048, 2499])
        {
            RankedLists alone = new Ranker(Metric.Default, 1).Rank(
                new ModelScorer(_device, new FixedScores(_device, Score)), placed, [lists[i]]);
            Assert.Equal(alone.Scores[0], kept.Scores[i]);
            Assert.All(alone.Result.PerUser, metric => Assert.Equal(metric.Value[0], kept.Result.PerUser[metric.Key][i]));
        }
    }

    [Fact]
    public void Metrics_of_no_lists_are_zero()
    {
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", 1)]).Place("jp");
        EvaluationResult result = new Ranker(Metric.Default, 1).Rank(
            new ModelScorer(_device, new FixedScores(_device, (_, _) => 0)), placed, []).Result;
        Assert.Equal(0, result.Users);
        Assert.All(result.Means.Values, mean => Assert.Equal(0, mean));
    }

    // Some candidates are relevant, and one relevant item is not a candidate.
    private static CandidateList List(Market market, int user, ulong seed)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"list/{user}");
        int[] all = [.. Enumerable.Range(0, market.Items.Count)];
        draws.Shuffle<int>(all);
        int[] items = all[1..^1];
        float[] relevance = [.. items.Select((_, i) => (float)Math.Max(0, draws.Below(1000 + (ulong)i, 8) - 5))];
        return new CandidateList(
            user, items, relevance,
            [(market.Items.Text(all[0]), 1), .. items.Zip(relevance, (item, r) => (market.Items.Text(item), r)).Where(q => q.r > 0)]);
    }

    private static CandidateList Shuffled(CandidateList list, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, list.Items.Length)];
        RandomSequence.Named(seed, $"shuffled/{list.User}").Shuffle<int>(order);
        return list with { Items = [.. order.Select(i => list.Items[i])], Relevance = [.. order.Select(i => list.Relevance[i])] };
    }
}
