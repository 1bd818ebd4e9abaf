// Ranking among all items without kept scores: the same bits as with them, and the items that lists show.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class FullRankingTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void Ranks_metrics_and_shown_items_are_those_of_sorted_lists_on_any_number_of_threads(Seed seed)
    {
        // Six different scores for thirty items, so that most are tied.
        RandomSequence draws = RandomSequence.Named(seed.Value, "scores");
        Real Score(int user, int item) => draws.Below(((ulong)user << 32) + (ulong)item, 6);
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", seed.Value, users: 60)]).Place("jp");
        foreach (Split split in (Split[])[Split.Valid, Split.Test])
        {
            AllCandidates all = new(placed.Market, split);
            ModelScorer scorer = new(_device, new FixedScores(_device, Score));
            RankedLists kept = new Ranker(Metric.Default, 1).Rank(scorer, placed, all);
            RankedLists bare = new Ranker(Metric.Default, 3, keepScores: false).Rank(scorer, placed, all);
            Assert.Empty(bare.Scores);
            Assert.Equal(kept.Result.PerUser, bare.Result.PerUser);
            Assert.Equal(kept.Result.Places, bare.Result.Places);
            Assert.Equal(kept.Shown, bare.Shown);

            int[] shown = new int[placed.Market.PoolSize];
            foreach ((int index, CandidateList list) in all.Index())
            {
                int[] order = Ranker.Order(kept.Scores[index], list.Items, placed.Market.Items.Ranks());
                int rank = 1 + Array.FindIndex(order, place => list.Relevance[place] > 0);
                Assert.Equal(new UserPlace(list.User, all.Row(index).Item, rank, IsMeasured: true), bare.Result.Places[index]);
                Assert.Equal(rank == 0 ? 0 : 1.0 / rank, bare.Result.PerUser["mrr"][index]);
                foreach (int place in order.Take(RankedLists.Top))
                    shown[list.Items[place]]++;
            }

            Assert.Equal(shown, bare.Shown);
        }
    }

    [Fact]
    public void A_held_out_item_that_is_also_a_training_item_is_a_candidate()
    {
        Row[] rows = [.. "abca".Select((item, i) => new Row("u", $"{item}", 5, i)), new Row("v", "d", 5, 9)];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), new SplitRules { EvaluateFrom = 4 });
        ModelScorer scorer = new(_device, new FixedScores(_device, (_, item) => -item));
        RankedLists ranked =
            new Ranker(Metric.Default, 1).Rank(scorer, new MarketUnion([market]).Place("jp"), new AllCandidates(market, Split.Test));
        Assert.Equal(["a", "d"], ranked.Lists[0].Items.Select(market.Items.Text));
        Assert.Equal([new UserPlace(0, 0, Rank: 1, IsMeasured: true)], ranked.Result.Places);
        Assert.Equal([1, 0, 0, 1], ranked.Shown);
    }

    [Fact]
    public void A_score_that_is_not_finite_is_refused()
    {
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", 1)]).Place("jp");
        Assert.Contains($"user {placed.Market.Users.Text(3)} of jp are not finite", Assert.Throws<ArithmeticException>(() =>
            new Ranker(Metric.Default, 2, keepScores: false).Rank(
                new ModelScorer(_device, new FixedScores(_device, (user, _) => user == 3 ? float.NaN : 0)), placed,
                new AllCandidates(placed.Market, Split.Test))).Message, StringComparison.Ordinal);
    }
}
