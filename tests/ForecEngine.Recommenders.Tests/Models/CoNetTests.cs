// CoNet equals separate MLPs if its cross matrices are 0, and agrees with its formula otherwise.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class CoNetTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4, 2]) { Markets = 3 };

    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void With_cross_matrices_of_0_every_market_is_scored_by_an_mlp_of_its_own(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        CoNet model = Model(device, seed.Value, s_shape);
        foreach (DenseParameter cross in model.Cross)
            device.Fill(cross.Value.Values, 0);
        for (int market = 0; market < 3; market++)
        {
            Mlp mlp = new(device, s_shape);
            Parameter[] own = [model.User.Table, .. model.Networks[market].Parameters];
            foreach ((Parameter from, Parameter to) in own.Zip(mlp.Parameters))
                from.Value.Values.Span.CopyTo(to.Value.Values.Span);
            Assert.Equal(Logits(device, mlp, market), Logits(device, model, market));
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Logits_agree_with_the_formula(Seed seed)
    {
        for (int markets = 2; markets <= 4; markets++)
        {
            CoNet model = Model(_device, seed.Value, s_shape with { Markets = markets });
            for (int market = 0; market < markets; market++)
            {
                Real[] logits = Logits(_device, model, market);
                for (int i = 0; i < logits.Length; i++)
                    Assert.Equal(ByHand(model, market, i % 5, i % 6), logits[i], 1e-3);
            }
        }
    }

    [Fact]
    public void All_markets_share_one_cross_matrix_a_layer()
    {
        CoNet model = Model(_device, 1, s_shape);
        Assert.Equal([(7, 6), (4, 7), (2, 4)], model.Cross.Select(cross => (cross.Value.Rows, cross.Value.Columns)));
        Tape tape = new(_device);
        tape.Backward(model.Logits(tape, Batch(_device, 0)));
        Assert.All(model.Cross, cross => Assert.Contains(cross.Gradient.Values.Span.ToArray(), g => g != 0));
    }

    [Fact]
    public void Samples_of_several_markets_are_refused()
    {
        Minibatch mixed = new(_device, 2);
        mixed.Set([0, 1], [0, 1], [1, 0], [0, 1]);
        string message = Assert.Throws<ArgumentException>(() => Model(_device, 1, s_shape).Logits(new Tape(_device), mixed)).Message;
        Assert.StartsWith("the samples of this minibatch are of several markets", message, StringComparison.Ordinal);
    }

    private static double ByHand(CoNet model, int market, int user, int item)
    {
        double[] vector = Row(model.User.Table, user);
        double[][] hidden = [.. model.Networks.Select(network => (double[])[.. vector, .. Row(network.Item.Table, item)])];
        for (int layer = 0; layer < model.Cross.Count; layer++)
        {
            double[][] below = hidden;
            hidden = [.. model.Networks.Select((network, m) =>
            {
                Linear own = network.Tower.Layers[layer];
                double[][] others = [.. below.Where((_, other) => other != m)];
                return Enumerable.Range(0, own.Weight.Value.Rows).Select(o =>
                {
                    double crossed = others.Average(h => Dot(Row(model.Cross[layer], o), h));
                    return Math.Max(0, Dot(Row(own.Weight, o), below[m]) + own.Bias.Value.Values.Span[o] + crossed);
                }).ToArray();
            })];
        }

        Linear output = model.Networks[market].Output;
        return Dot(Row(output.Weight, 0), hidden[market]) + output.Bias.Value.Values.Span[0];

        static double[] Row(Parameter parameter, int row) =>
            [.. parameter.Value.Values.Span.Slice(row * parameter.Value.Columns, parameter.Value.Columns).ToArray().Select(x => (double)x)];

        static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
    }

    private static CoNet Model(IDevice device, ulong seed, ModelShape shape)
    {
        CoNet model = new(device, shape);
        model.Initialise(seed, "test", 1);
        return model;
    }

    private static Minibatch Batch(IDevice device, int market)
    {
        Minibatch batch = new(device, 30);
        batch.Set([.. Enumerable.Range(0, 30).Select(i => i % 5)], [.. Enumerable.Range(0, 30).Select(i => i % 6)], market);
        return batch;
    }

    private static Real[] Logits(IDevice device, IRecommender model, int market) =>
        model.Logits(new Tape(device, recording: false), Batch(device, market)).Value.Values.Span.ToArray();
}
