// Full ranking: the candidates are all items that could be recommended, with the same metrics as given lists of them.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class AllCandidatesTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Candidates_are_all_items_without_the_training_item_and_for_test_without_the_validation_item(Seed seed)
    {
        Market market = TestMarkets.Prepared("jp", seed.Value);
        foreach (Split split in (Split[])[Split.Valid, Split.Test])
        {
            foreach ((HeldOutRow row, CandidateList list) in market.HeldOut(split).Zip(new AllCandidates(market, split)))
            {
                IEnumerable<int> known =
                    split == Split.Valid ? [] : market.Valid.Where(other => other.User == row.User).Select(other => other.Item);
                Assert.Equal(
                    Enumerable.Range(0, market.PoolSize).Except(market.Trained(row.User).ToArray().Concat(known).Except([row.Item])),
                    list.Items);
                Assert.Equal(row.Relevance, list.Relevance.Sum());
                Assert.Equal(row.Relevance, list.Relevance[list.Items.IndexOf(row.Item)]);
                Assert.Equal([(market.Items.Text(row.Item), row.Relevance)], list.Qrels);
            }
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void All_candidates_rank_like_given_lists_also_if_the_model_lacks_users_and_items(Seed seed)
    {
        using ScalarDevice device = new();
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", seed.Value, users: 40)]).Place("jp");
        Gmf model = new(device, new ModelShape(placed.UserRows.Length, placed.ItemRows.Length, 3, [6]));
        model.Initialise(seed.Value, "test", 1);
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        placed = placed with
        {
            UserRows = [.. placed.UserRows.Select((row, i) => draws.Below((ulong)i, 5) == 0 ? -1 : row)],
            ItemRows = [.. placed.ItemRows.Select((row, i) => draws.Below(1000 + (ulong)i, 5) == 0 ? -1 : row)],
        };
        AllCandidates all = new(placed.Market, Split.Test);
        Ranker ranker = new(Metric.Default, threads: 2);
        ModelScorer scorer = new(device, model);
        RankedLists whole = ranker.Rank(scorer, placed, all), given = ranker.Rank(scorer, placed, [.. all]);
        Assert.Equal(given.Scores, whole.Scores);
        Assert.Equal(given.Result.PerUser, whole.Result.PerUser);
        Assert.Equal(given.Result.Means, whole.Result.Means);
        Assert.Equal(given.Result.Places, whole.Result.Places);
        Assert.True(whole.IsFull && !given.IsFull);
        Assert.Empty(given.Shown);
    }
}
