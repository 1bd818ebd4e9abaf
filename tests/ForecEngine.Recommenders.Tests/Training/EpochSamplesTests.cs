// A device with its own memory draws the same samples as the host's threads.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class EpochSamplesTests
{
    // Up to 40 negatives of 30 items: some users have too few unseen items.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void The_samples_that_a_device_draws_have_the_bits_of_those_that_threads_draw(
        Seed seed, bool all, byte wanted, byte markets, byte epoch)
    {
        using ScalarDevice scalar = new();
        using OpaqueDevice opaque = new();
        string[] names = ["jp", "uk", "us"];
        MarketUnion union = new([.. names.Take(1 + (markets % 3)).Select(name => TestMarkets.Prepared(name, seed.Value))]);
        SampleSettings settings = new()
        {
            Negatives = wanted % 41,
            NegativesExclude = all ? NegativesExclude.All : NegativesExclude.Training,
        };
        EpochSamples host = new(scalar, union.Markets, settings, seed.Value), own = new(opaque, union.Markets, settings, seed.Value);
        for (int next = epoch; next < epoch + 2; next++)
        {
            int writes = opaque.Writes;
            Assert.Equal(0, own.Begin(next));
            Assert.Equal(writes, opaque.Writes);
            int runs = host.Begin(next);
            for (int run = 0; run < runs; run++)
                host.Draw(run);
            Assert.Equal(Read(host.Storage), Read(own.Storage));
        }
    }

    [Fact]
    public void A_row_of_a_user_who_has_seen_every_item_has_no_negative()
    {
        using OpaqueDevice device = new();
        Market market = Market.Prepare(
            TestMarkets.Ratings("jp", [.. Enumerable.Range(0, 4).Select(i => new Row("reader", $"i{i}", i == 0 ? 0 : 5, i))]),
            new SplitRules { HoldOut = HoldOut.None });
        EpochSamples samples = new(device, new MarketUnion([market]).Markets, new SampleSettings(), 1);
        samples.Begin(0);
        Assert.Equal([(0, 0, false), (0, 1, true), (0, 2, true), (0, 3, true)], Read(samples.Storage));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void Groups_without_negatives_are_the_positives_in_the_order_of_the_rows(Seed seed)
    {
        using OpaqueDevice device = new();
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", seed.Value)]).Place("jp");
        Market market = placed.Market;
        EpochSamples samples = new(device, [placed], new SampleSettings { Negatives = 0 }, seed.Value, inGroups: true);
        for (int run = 0, runs = samples.Begin(0); run < runs; run++)
            samples.Draw(run);
        samples.Finish();
        Assert.Equal(
            Enumerable.Range(0, market.TrainUsers.Length).Where(row => market.TrainLabels[row] > 0)
                .Select(row => (placed.UserRows[market.TrainUsers[row]], placed.ItemRows[market.TrainItems[row]], true)),
            Read(samples.Storage));
    }

    private static (int User, int Item, bool IsPositive)[] Read(Storage<Sample> storage)
    {
        Sample[] samples = new Sample[storage.Length];
        storage.Read(0, samples);
        return [.. samples.Select(sample => (sample.User, sample.Item, sample.IsPositive))];
    }
}
