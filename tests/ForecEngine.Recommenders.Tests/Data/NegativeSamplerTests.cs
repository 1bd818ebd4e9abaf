// NegativeSampler draws distinct unseen items as a function of seed, market, epoch and row.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class NegativeSamplerTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Negatives_are_distinct_and_never_an_excluded_item_of_the_user(Seed seed, bool all, bool byPopularity)
    {
        Market market = TestMarkets.Prepared("jp", seed.Value);
        NegativeSampler sampler = new(market, seed.Value, all ? NegativesExclude.All : NegativesExclude.Training, byPopularity);
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            int user = market.TrainUsers[row];
            int[] excluded = (all ? market.Seen(user) : market.Trained(user)).ToArray(), drawn = Draw(sampler, 0, row, 4);
            Assert.Equal(4, drawn.Distinct().Count());
            Assert.Empty(drawn.Intersect(excluded));
            Assert.All(drawn, item => Assert.InRange(item, 0, market.Items.Count - 1));
        }
    }

    // If they never were, a model could learn that items which are never negative are held out.
    [Fact]
    public void Held_out_items_are_drawn_as_often_as_other_items()
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

    [Fact]
    public void By_popularity_an_item_is_drawn_in_proportion_to_a_power_of_its_training_rows()
    {
        const int Epochs = 20_000;
        Market market = TestMarkets.Prepared("jp", 1);
        NegativeSampler sampler = new(market, 1, byPopularity: true);
        int[] trained = market.Trained(market.TrainUsers[0]).ToArray();
        double[] weights = new double[market.PoolSize];
        for (int item = 0; item < weights.Length; item++)
            weights[item] = trained.Contains(item) ? 0 : Math.Pow(1 + market.TrainItems.ToArray().Count(other => other == item), 0.75);
        int[] drawn = new int[market.PoolSize];
        for (int epoch = 0; epoch < Epochs; epoch++)
            drawn[Draw(sampler, epoch, 0, 1).Single()]++;
        for (int item = 0; item < weights.Length; item++)
        {
            double expected = Epochs * weights[item] / weights.Sum();
            Assert.InRange(drawn[item], expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void The_negatives_of_a_single_row_can_be_drawn_again(Seed seed)
    {
        Market market = TestMarkets.Prepared("jp", 1);
        NegativeSampler sampler = new(market, seed.Value);
        int[][] forwards = [.. Enumerable.Range(0, 20).Select(row => Draw(sampler, 3, row, 4))];
        Assert.Equal(forwards[13], Draw(new NegativeSampler(market, seed.Value), 3, 13, 4));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Drawing_for_several_rows_of_a_user_gives_each_row_the_negatives_it_has_alone(Seed seed, byte wanted, bool byPopularity)
    {
        Market market = TestMarkets.Prepared("jp", seed.Value);
        NegativeSampler sampler = new(market, seed.Value, byPopularity: byPopularity);
        for (int first = 0, end = 0; first < market.TrainUsers.Length; first = end)
        {
            while (end < market.TrainUsers.Length && market.TrainUsers[end] == market.TrainUsers[first])
                end++;
            int[] together = new int[(end - first) * wanted];
            int count = sampler.Draw(3, first, end - first, together);
            Assert.Equal(sampler.Count(first, wanted), count);
            Assert.Equal(
                Enumerable.Range(first, end - first).SelectMany(row => Draw(sampler, 3, row, wanted)),
                together[..((end - first) * count)]);
        }
    }

    [Fact]
    public void Another_seed_market_epoch_or_row_gives_other_negatives()
    {
        Market market = TestMarkets.Prepared("jp", 1, items: 200), other = TestMarkets.Prepared("uk", 1, items: 200);
        int[] drawn = Draw(new NegativeSampler(market, 7), 0, 0, 20);
        Assert.NotEqual(drawn, Draw(new NegativeSampler(market, 8), 0, 0, 20));
        Assert.NotEqual(drawn, Draw(new NegativeSampler(other, 7), 0, 0, 20));
        Assert.NotEqual(drawn, Draw(new NegativeSampler(market, 7), 1, 0, 20));
        Assert.NotEqual(drawn, Draw(new NegativeSampler(market, 7), 0, 1, 20));
    }

    [Fact]
    public void Fewer_negatives_are_drawn_for_a_user_who_has_seen_nearly_all_items()
    {
        Row[] rows = [.. Enumerable.Range(0, 9).Select(i => new Row("reader", $"i{i}", 5, i)), new Row("other", "unread", 5, 0)];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows));
        Assert.Equal([7, 8, market.Items.Count - 1], Draw(new NegativeSampler(market, 7), 0, 0, 4).Order());
        Assert.Equal([market.Items.Count - 1], Draw(new NegativeSampler(market, 7, NegativesExclude.All), 0, 0, 4));
    }

    private static int[] Draw(NegativeSampler sampler, int epoch, int row, int count)
    {
        int[] drawn = new int[count];
        return drawn[..sampler.Draw(epoch, row, rows: 1, drawn)];
    }
}
