// The negatives of training rows: unseen, different, and each row's own function of seed, market, epoch and row.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class NegativeSamplerTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Negatives_are_different_and_never_an_item_of_the_users_training_rows_or_of_all_rows(Seed seed, bool all)
    {
        Market market = TestMarkets.Prepared("jp", seed.Value);
        NegativeSampler sampler = new(market, seed.Value, all ? NegativesExclude.All : NegativesExclude.Training);
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            int user = market.TrainUsers[row];
            int[] excluded = (all ? market.Seen(user) : market.Trained(user)).ToArray(), drawn = Draw(sampler, 0, row, 4);
            Assert.Equal(4, drawn.Distinct().Count());
            Assert.Empty(drawn.Intersect(excluded));
            Assert.All(drawn, item => Assert.InRange(item, 0, market.Items.Count - 1));
        }
    }

    // Otherwise they are learned as the items that are never negative.
    [Fact]
    public void Held_out_items_are_negatives_as_often_as_other_items()
    {
        const int Epochs = 400;
        Market market = TestMarkets.Prepared("jp", 1);
        NegativeSampler sampler = new(market, 1);
        int heldOut = 0, rows = 0;
        double expected = 0;
        for (int row = 0; row < market.TrainUsers.Length; row += 20, rows++)
        {
            int user = market.TrainUsers[row], test = market.Test[user].Item;
            expected += Epochs * 4.0 / (market.PoolSize - market.Trained(user).Length);
            for (int epoch = 0; epoch < Epochs; epoch++)
                heldOut += Draw(sampler, epoch, row, 4).Contains(test) ? 1 : 0;
        }

        Assert.InRange(heldOut, 0.9 * expected, 1.1 * expected);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_rows_negatives_can_be_drawn_again_alone(Seed seed)
    {
        Market market = TestMarkets.Prepared("jp", 1);
        NegativeSampler sampler = new(market, seed.Value);
        int[][] forwards = [.. Enumerable.Range(0, 20).Select(row => Draw(sampler, 3, row, 4))];
        Assert.Equal(forwards[13], Draw(new NegativeSampler(market, seed.Value), 3, 13, 4));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Rows_of_one_user_have_the_negatives_that_each_has_alone(Seed seed, byte wanted)
    {
        Market market = TestMarkets.Prepared("jp", seed.Value);
        NegativeSampler sampler = new(market, seed.Value);
        for (int first = 0, end = 0; first < market.TrainUsers.Length; first = end)
        {
            while (end < market.TrainUsers.Length && market.TrainUsers[end] == market.TrainUsers[first])
                end++;
            int[] together = new int[(end - first) * wanted];
            int count = sampler.Draw(3, first, end - first, together);
            Assert.Equal(sampler.Count(first, wanted), count);
            Assert.Equal(Enumerable.Range(first, end - first).SelectMany(row => Draw(sampler, 3, row, wanted)), together[..((end - first) * count)]);
        }
    }

    [Fact]
    public void Seed_market_epoch_and_row_each_give_other_negatives()
    {
        Market market = TestMarkets.Prepared("jp", 1, items: 200), other = TestMarkets.Prepared("uk", 1, items: 200);
        int[] drawn = Draw(new NegativeSampler(market, 7), 0, 0, 20);
        Assert.NotEqual(drawn, Draw(new NegativeSampler(market, 8), 0, 0, 20));
        Assert.NotEqual(drawn, Draw(new NegativeSampler(other, 7), 0, 0, 20));
        Assert.NotEqual(drawn, Draw(new NegativeSampler(market, 7), 1, 0, 20));
        Assert.NotEqual(drawn, Draw(new NegativeSampler(market, 7), 0, 1, 20));
    }

    [Fact]
    public void Fewer_come_where_the_user_has_seen_nearly_everything()
    {
        Row[] rows = [.. Enumerable.Range(0, 9).Select(i => new Row("reader", $"i{i}", 5, i)), new Row("other", "unread", 5, 0)];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows));
        Assert.Equal([7, 8, market.Items.Count - 1], Draw(new NegativeSampler(market, 7), 0, 0, 4).Order());
        Assert.Equal([market.Items.Count - 1], Draw(new NegativeSampler(market, 7, NegativesExclude.All), 0, 0, 4));
    }

    private static int[] Draw(NegativeSampler sampler, int epoch, int row, int count)
    {
        int[] drawn = new int[count];
        return drawn[..sampler.Draw(epoch, row, drawn)];
    }
}
