// The training of item bags: its loss by definition, its descent, and the same bits on every device.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Tests.Fits;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class ItemBagProgramTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void The_loss_of_a_round_is_the_mean_cross_entropy_of_the_hidden_items_among_the_markets_items(
        Seed seed, bool isTimed, byte batch)
    {
        FitMarkets markets = new(seed.Value, hasSource: true, isTimed);
        ItemBagFit fit = new(BatchSize: 1 + (batch % 15), Dropout: 0.3);
        ItemBag bag = FitCases.Bag(markets, _device, 1, dimension: 4);
        ItemBagSamples samples = Samples(markets, fit);
        ItemBagProgram program = new(_device, bag, new SgdOptimiser(_device, bag.Parameters, 1e-30), Samples(markets, fit));
        program.Begin(1, 0, new ParallelOptions());
        samples.Begin(1);
        Assert.Equal(samples.Batches, program.Rounds);
        Real[] ins = Values(bag.In), last = Values(bag.Last), outs = Values(bag.Out), bias = Values(bag.Bias);
        for (int round = 0; round < program.Rounds; round++)
        {
            RoundResult result = program.Run(round, 1)[0];
            int index = samples.Make(round), market = samples.Markets[index];
            int[] items = samples.Items[index];
            Assert.Equal(samples.Targets.Count, result.Samples);
            double loss = 0;
            for (int i = 0; i < samples.Targets.Count; i++)
            {
                double[] x = new double[4];
                for (int k = 0; k < 4; k++)
                {
                    for (int at = samples.Starts[i]; at < samples.Starts[i + 1]; at++)
                        x[k] += samples.Weights[at] * ins[(samples.Rows[at] * 4) + k];
                    for (int at = samples.LastStarts[i]; at < samples.LastStarts[i + 1]; at++)
                        x[k] += last[(samples.LastRows[at] * 4) + k];
                }

                double[] logits = [.. items.Select(item => bias[(market * bag.Items) + item]
                    + x.Select((value, k) => value * outs[(item * 4) + k]).Sum())];
                loss += Math.Log(logits.Sum(Math.Exp)) - logits[samples.Targets[i]];
            }

            Assert.Equal(loss / samples.Targets.Count, result.Loss, 1e-4);
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 10)]
    public void Training_has_the_same_bits_on_every_device(Seed seed, DeviceChoice choice, bool hasSource, bool isTimed)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        using IDevice other = choice.Create();
        (double[] losses, Real[] values) = Trained(markets, _device);
        (double[] again, Real[] found) = Trained(markets, other);
        Assert.Equal(losses, again);
        Assert.Equal(values, found);
    }

    // Users who like either the even or the odd items of 12: a guess among all costs ln 12 = 2.5, among those of one's taste ln 6 = 1.8.
    [Fact]
    public void Training_learns_which_items_belong_together()
    {
        List<Row> rows = [];
        for (int user = 0; user < 30; user++)
        {
            int[] own = [.. Enumerable.Range(0, 6).Select(i => (2 * i) + (user % 2))];
            RandomSequence.Named(1, "test/tastes").At(user).Shuffle<int>(own);
            rows.AddRange(own.Take(5).Select((item, time) => new Row($"u{user}", $"i{item}", 5, time)));
        }

        FitMarkets markets = new([Market.Prepare(TestMarkets.Ratings("jp", rows), SplitRules.TrainOnAll)]);
        double[] losses = Trained(markets, _device).Losses;
        Assert.Equal(Math.Log(12), losses[0], 0.3);
        Assert.InRange(losses[^1], 0, 1.9);
    }

    [Fact]
    public void L2_shrinks_vectors_and_leaves_the_biases_alone()
    {
        FitMarkets markets = new(3);
        ItemBag bag = FitCases.Bag(markets, _device, 1);
        SgdOptimiser sgd = new(_device, bag.Parameters, learningRate: 0.1, l2: 0.5);
        Real[] outs = Values(bag.Out), bias = Values(bag.Bias);
        foreach (EmbeddingTable table in bag.Parameters.Cast<EmbeddingTable>())
            Assert.Equal(table != bag.Bias, table.Decays);
        Trained(markets, _device, bag, sgd, epochs: 1);
        Assert.NotEqual(bias, Values(bag.Bias));
        Assert.True(Norm(Values(bag.Out)) < Norm(outs));

        static double Norm(Real[] values) => values.Sum(value => (double)value * value);
    }

    private static (double[] Losses, Real[] Values) Trained(FitMarkets markets, IDevice device)
    {
        ItemBag bag = new(
            device, UserHistories.Of(markets.Markets, markets.Tables.Users), new Recency(0.8, 0.1), markets.Markets.Count,
            markets.Tables.Items, 6);
        bag.Initialise(1, "test", 0.1);
        double[] losses = Trained(
            markets, device, bag, new AdamOptimiser(device, bag.Parameters, new AdamOptions(0.05, 1e-5, AdamMode.Lazy)), epochs: 40);
        return (losses, [.. bag.Parameters.SelectMany(Values)]);
    }

    private static double[] Trained(FitMarkets markets, IDevice device, ItemBag bag, Optimiser optimiser, int epochs)
    {
        ItemBagProgram program = new(device, bag, optimiser, Samples(markets, new ItemBagFit(BatchSize: 5, Dropout: 0.2)));
        double[] losses = new double[epochs];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            program.Begin(epoch, epoch * program.Rounds, new ParallelOptions());
            for (int round = 0; round < program.Rounds; round++)
                losses[epoch] += program.Run(round, 1)[0].Loss / program.Rounds;
        }

        return losses;
    }

    private static ItemBagSamples Samples(FitMarkets markets, ItemBagFit fit) => new(
        markets.Markets, UserHistories.Of(markets.Markets, markets.Tables.Users), fit, RandomSequence.Named(9, "test"));

    private static Real[] Values(Parameter parameter)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        parameter.Value.Values.Read(values);
        return values;
    }
}
