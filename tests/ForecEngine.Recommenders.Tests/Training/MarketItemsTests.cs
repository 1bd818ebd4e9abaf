// The softmax over all items of a market: its loss by definition, from the scores of all items, and the same bits on every device.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class MarketItemsTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void The_softmax_loss_is_that_of_the_scores_of_all_items_of_the_market_on_every_device(
        Seed seed, DeviceChoice choice, byte name, byte count)
    {
        MarketUnion union = new([TestMarkets.Prepared("jp", seed.Value), TestMarkets.Prepared("uk", seed.Value, users: 9)]);
        PlacedMarket placed = union.Markets[seed.Value % 2 == 0 ? 0 : 1];
        int[] items = [.. placed.ItemRows.Take(placed.Market.PoolSize)], users = placed.UserRows;
        int[] chosen = [.. Enumerable.Range(0, 1 + (count % 20)).Select(i => (i * 7) % items.Length)];
        using IDevice scalar = new ScalarDevice(), device = choice.Create();
        (Real loss, Real[] gradients, Real[] scores) = Softmax(scalar);
        double expected = chosen.Select((place, i) =>
        {
            Real[] own = scores[(i * items.Length)..((i + 1) * items.Length)];
            return Math.Log(own.Sum(score => Math.Exp(score))) - own[place];
        }).Average();
        Assert.Equal(expected, loss, 1e-4);
        (Real again, Real[] found, _) = Softmax(device);
        Assert.Equal(loss, again);
        Assert.Equal(gradients, found);

        (Real Loss, Real[] Values, Real[] Scores) Softmax(IDevice on)
        {
            IRecommender model = ModelCatalog.Create(
                ((string[])["gmf", "ma-gmf", "bpr-mf"])[name % 3], on,
                new ModelShape(union.Users, union.Items.Count, 1 + (name % 5), [4, 2]) { Markets = 2 });
            model.Initialise(seed.Value, "test", 1);
            int[] asked = [.. chosen.Select((_, i) => users[i % users.Length])];
            Real[] scores = new Real[asked.Length * items.Length], loss = new Real[1];
            ((IFittedModel)model).Scorer(on, placed.Index).ScoreAll(asked, items, scores);
            Minibatch batch = new(on, asked.Length);
            batch.Set(asked, [.. chosen.Select(place => items[place])], placed.Index);
            Slice<Real> mean = on.Allocate<Real>(1).Slice();
            new LossGradient(on, model, RatingLoss.Softmax, seed: 1) { Items = new MarketItems(on, union.Markets) }.Add(batch, 1, mean);
            new SgdOptimiser(on, model.Parameters, 0.1).Update();
            mean.Read(loss);
            return (loss[0], [.. model.Parameters.SelectMany(parameter => parameter.Value.Values.Span.ToArray())], scores);
        }
    }

    [Fact]
    public void The_softmax_over_all_items_refuses_samples_of_several_markets_or_of_none_that_it_has_and_networks()
    {
        using ScalarDevice device = new();
        MarketUnion union = new([TestMarkets.Prepared("jp", 1), TestMarkets.Prepared("uk", 1)]);
        ModelShape shape = new(union.Users, union.Items.Count, 2, [4, 2]) { Markets = 2 };
        Slice<Real> mean = device.Allocate<Real>(1).Slice();
        Minibatch batch = new(device, 2);
        batch.Set([0, 30], [0, 0], [1, 1], [0, 1]);
        LossGradient gradient = new(device, ModelCatalog.Create("gmf", device, shape), RatingLoss.Softmax)
        {
            Items = new MarketItems(device, union.Markets.Take(1).ToArray()),
        };
        Assert.Throws<ArgumentException>(() => gradient.Add(batch, 1, mean));
        batch.Set([30], [0], 1);
        Assert.Throws<ArgumentException>(() => gradient.Add(batch, 1, mean));
        LossGradient network = new(device, ModelCatalog.Create("mlp", device, shape), RatingLoss.Softmax) { Items = gradient.Items };
        batch.Set([0], [0], 0);
        Assert.Throws<ArgumentException>(() => network.Add(batch, 1, mean));
    }

    [Theory]
    [InlineData("gmf", 0)]
    [InlineData("ma-gmf", 2)]
    [InlineData("bpr-mf", 2)]
    public void A_training_step_allocates_nothing(string name, int threads)
    {
        using IDevice device = threads == 0 ? new ScalarDevice() : new SimdDevice(threads);
        MarketUnion union = new([TestMarkets.Prepared("jp", 1, users: 60, items: 80)]);
        IRecommender model = ModelCatalog.Create(name, device, new(union.Users, union.Items.Count, 8, [16, 8]));
        model.Initialise(1, "test", 1);
        LossGradient gradient = new(device, model, RatingLoss.Softmax) { Items = new MarketItems(device, union.Markets) };
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01));
        SampleStream stream = new(device, union.Markets, new SampleSettings { BatchSize = 64 }, 1, name, 0, positivesAlone: true);
        AllocationFreeSteps.Check(device, gradient, optimiser, stream);
    }
}
