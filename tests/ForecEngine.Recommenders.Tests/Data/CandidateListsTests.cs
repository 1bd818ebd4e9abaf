// The sampled candidates of held-out items depend on the seed alone and contain no item of the user.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class CandidateListsTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Candidates_are_the_held_out_item_and_99_distinct_unseen_ones(Seed seed)
    {
        Market market = TestMarkets.Prepared("jp", seed.Value, users: 60, items: 150);
        foreach (Split split in (Split[])[Split.Valid, Split.Test])
        {
            IReadOnlyList<HeldOutRow> heldOut = split == Split.Valid ? market.Valid : market.Test;
            IReadOnlyList<CandidateList> lists = SampledCandidates.Draw(market, split, seed.Value, 99);
            Assert.Equal(heldOut.Select(row => row.User), lists.Select(list => list.User));
            foreach ((HeldOutRow row, CandidateList list) in heldOut.Zip(lists))
            {
                Assert.Equal(100, list.Items.Distinct().Count());
                Assert.Equal([row.Item], list.Items.Intersect(market.Seen(row.User).ToArray()));
                Assert.Equal([row.Relevance, .. new float[99]], list.Relevance.OrderDescending());
                Assert.Equal(row.Relevance, list.Relevance[list.Items.IndexOf(row.Item)]);
                Assert.Equal([(market.Items.Text(row.Item), row.Relevance)], list.Qrels);
            }
        }
    }

    [Fact]
    public void A_list_does_not_depend_on_when_and_in_which_order_it_is_drawn()
    {
        IReadOnlyList<CandidateList> lists = SampledCandidates.Draw(TestMarkets.Prepared("jp", 1, items: 150), Split.Test, 42, 99);
        int[][] backwards = [.. Enumerable.Range(0, lists.Count).Reverse().Select(i => lists[i].Items)];
        Assert.Equal(lists.Select(list => list.Items).Reverse(), backwards);
    }

    [Fact]
    public void The_seed_and_the_split_fix_the_candidates()
    {
        Market market = TestMarkets.Prepared("jp", 1, items: 150);
        int[][] lists = Items(market, Split.Test, 42);
        Assert.Equal(lists, Items(TestMarkets.Prepared("jp", 1, items: 150), Split.Test, 42));
        Assert.NotEqual(lists, Items(market, Split.Test, 43));
        Assert.All(
            Items(market, Split.Valid, 42).Zip(lists),
            both => Assert.NotEqual(both.First[1..], both.Second[1..]));
    }

    [Fact]
    public void Fewer_candidates_are_sampled_if_the_user_has_nearly_all_items()
    {
        Market market = TestMarkets.Prepared("jp", 1, items: 20);
        Assert.All(SampledCandidates.Draw(market, Split.Test, 42, 99), list =>
            Assert.Equal(1 + market.Items.Count - market.Seen(list.User).Length, list.Items.Distinct().Count()));
    }

    private static int[][] Items(Market market, Split split, ulong seed) =>
        [.. SampledCandidates.Draw(market, split, seed, 20).Select(list => list.Items)];
}
