// Market vectors multiply the item vectors of their own market's samples; vectors of ones change nothing.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class MarketViewTests
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4]) { Markets = 3 };

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void With_market_vectors_of_ones_a_model_scores_like_the_one_without_them(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        foreach (string name in (string[])["gmf", "mlp", "nmf"])
        {
            IRecommender plain = Initialised(name, device, seed.Value), aware = Initialised($"ma-{name}", device, seed.Value);
            foreach (Parameter market in aware.Parameters.Where(p => p.Name.StartsWith("embedding_market", StringComparison.Ordinal)))
                device.Fill(market.Value.Values, 1);
            Minibatch batch = Batch(device, seed.Value);
            Assert.Equal(Logits(device, plain, batch), Logits(device, aware, batch));
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void A_sample_is_scored_with_item_vectors_multiplied_by_its_market_s_vector(Seed seed)
    {
        using IDevice device = new ScalarDevice();
        Nmf aware = (Nmf)Initialised("ma-nmf", device, seed.Value);
        Minibatch batch = Batch(device, seed.Value);
        Real[] scores = Logits(device, aware, batch);
        for (int market = 0; market < 3; market++)
        {
            Nmf plain = (Nmf)Initialised("nmf", device, seed.Value);
            Multiply(plain.ItemMlp.Table, aware.MarketMlp!.Table, market);
            Multiply(plain.ItemMf.Table, aware.MarketMf!.Table, market);
            Real[] seen = Logits(device, plain, batch);
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Markets.Values.Span[i] == market)
                    Assert.Equal(seen[i], scores[i]);
            }
        }
    }

    private static IRecommender Initialised(string name, IDevice device, ulong seed)
    {
        IRecommender model = ModelCatalog.Create(name, device, s_shape);
        model.Initialise(seed, "test", 1);
        return model;
    }

    private static Minibatch Batch(IDevice device, ulong seed)
    {
        RandomSequence draws = RandomSequence.Named(seed, "test/batch");
        int[] places = [.. Enumerable.Range(0, 40)];
        Minibatch batch = new(device, 40);
        batch.Set(
            [.. places.Select(i => draws.Below((ulong)i, 5))], [.. places.Select(i => draws.Below(100 + (ulong)i, 6))], new Real[40],
            [.. places.Select(i => draws.Below(200 + (ulong)i, 3))]);
        return batch;
    }

    private static Real[] Logits(IDevice device, IRecommender model, Minibatch batch) =>
        model.Logits(new Tape(device, recording: false), batch).Value.Values.Span.ToArray();

    private static void Multiply(EmbeddingTable items, EmbeddingTable markets, int market)
    {
        for (int i = 0; i < items.Value.Values.Length; i++)
            items.Value.Values.Span[i] *= markets.Value.Values.Span[(market * 3) + (i % 3)];
    }
}
