// Ddtcdr: the parts of a score and of the loss, and when dropout applies.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class DdtcdrTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4]) { Markets = 3, Target = 1 };

    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void With_alpha_0_every_market_is_scored_by_an_mlp_of_its_own(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        Ddtcdr model = Model(device, seed.Value, new DdtcdrOptions { Alpha = 0 });
        for (int market = 0; market < 3; market++)
            Assert.Equal(Logits(device, Alone(device, model, market, null), market), Logits(device, model, market));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_score_is_the_weighted_mean_of_the_networks_on_both_sides_of_the_bridges(Seed seed)
    {
        const double Alpha = 0.3;
        Ddtcdr model = Model(_device, seed.Value, new DdtcdrOptions { Alpha = Alpha });

        // The bridges are: from the target to market 0, from market 0 to the target, and the same two for market 2.
        Real[][] own = [.. Enumerable.Range(0, 3).Select(market => Logits(_device, Alone(_device, model, market, null), market))];
        Real[] toFirst = Across(0, 1, bridge: 0), fromFirst = Across(1, 0, bridge: 1);
        Real[] toLast = Across(2, 1, bridge: 2), fromLast = Across(1, 2, bridge: 3);
        for (int i = 0; i < own[0].Length; i++)
        {
            Assert.Equal((0.7 * own[1][i]) + (0.15 * toFirst[i]) + (0.15 * toLast[i]), Logits(_device, model, 1)[i], 1e-4);
            Assert.Equal((0.7 * own[0][i]) + (0.3 * fromFirst[i]), Logits(_device, model, 0)[i], 1e-4);
            Assert.Equal((0.7 * own[2][i]) + (0.3 * fromLast[i]), Logits(_device, model, 2)[i], 1e-4);
        }

        Real[] Across(int network, int market, int bridge) =>
            Logits(_device, Alone(_device, model, network, (market, model.Bridges[bridge])), market);
    }

    [Fact]
    public void Bridges_are_initialised_to_different_orthogonal_matrices()
    {
        Ddtcdr model = Model(_device, 1, new DdtcdrOptions());
        Assert.Equal(4, model.Bridges.Count);
        Assert.All(model.Bridges, bridge => Assert.Equal(0, Penalty(bridge), 1e-5));
        Assert.Equal(4, model.Bridges.Select(bridge => bridge.Weight.Value.Values.Span[0]).Distinct().Count());
    }

    [Fact]
    public void Dropout_in_scoring_is_off_unless_requested_and_then_the_same_each_time()
    {
        Ddtcdr none = Model(_device, 1, new DdtcdrOptions { Dropout = 0 });
        Ddtcdr training = Model(_device, 1, new DdtcdrOptions { Dropout = 0.5 });
        Assert.Equal(Logits(_device, none, 1), Logits(_device, training, 1));
        DdtcdrOptions inScoring = new() { Dropout = 0.5, DropoutInScoring = true };
        Ddtcdr scoring = Model(_device, 1, inScoring);
        Assert.NotEqual(Logits(_device, none, 1), Logits(_device, scoring, 1));
        Assert.Equal(Logits(_device, scoring, 1), Logits(_device, scoring, 1));
        Assert.Equal(Logits(_device, scoring, 1), Logits(_device, Model(_device, 1, inScoring), 1));
    }

    [Fact]
    public void Training_drops_other_units_in_each_step()
    {
        Ddtcdr model = Model(_device, 1, new DdtcdrOptions { Dropout = 0.5 });
        Assert.Equal(Loss(model, 1), Loss(model, 1));
        Assert.NotEqual(Loss(model, 1), Loss(model, 2));
        Ddtcdr none = Model(_device, 1, new DdtcdrOptions { Dropout = 0 });
        Assert.Equal(Loss(none, 1), Loss(none, 2));

        Real Loss(Ddtcdr of, int step) => of.Loss(new Tape(_device, recording: false), Batch(_device, 1), 1, step).Value.Values.Span[0];
    }

    [Theory]
    [InlineData(RatingLoss.Bce)]
    [InlineData(RatingLoss.Mse)]
    public void The_loss_is_the_weighted_mean_of_the_networks_losses_plus_the_orthogonality_penalty(RatingLoss loss)
    {
        Ddtcdr model = Model(_device, 1, new DdtcdrOptions { Alpha = 0.3, Dropout = 0, Loss = loss, Orthogonality = 0.01 });
        foreach (Linear bridge in model.Bridges)
            Initial.Normal(bridge.Weight, 1, 1, "test");
        Minibatch batch = Batch(_device, 1);
        double expected = 0.7 * Mean(Logits(_device, Alone(_device, model, 1, null), 1));
        foreach (int source in (int[])[0, 2])
        {
            Linear bridge = model.Bridges[source];
            expected += 0.15 * Mean(Logits(_device, Alone(_device, model, source, (1, bridge)), 1));
            expected += 0.01 * Penalty(bridge);
        }

        Assert.Equal(expected, model.Loss(new Tape(_device, recording: false), batch, 1, 1).Value.Values.Span[0], 1e-5);

        double Mean(Real[] outputs) => outputs.Zip(batch.Labels.Values.Span.ToArray(), (z, t) =>
            loss == RatingLoss.Mse ? (z - t) * (z - t) : Math.Log(1 + Math.Exp(t > 0 ? -z : z))).Average(l => (double)l);
    }

    [Fact]
    public void Samples_of_several_markets_are_refused()
    {
        Ddtcdr model = Model(_device, 1, new DdtcdrOptions());
        Minibatch mixed = new(_device, 2);
        mixed.Set([0, 1], [0, 1], [1, 0], [0, 1]);
        Tape tape = new(_device);
        foreach (Action action in (Action[])[() => model.Logits(tape, mixed), () => model.Loss(tape, mixed, 1, 1)])
        {
            string message = Assert.Throws<ArgumentException>(action).Message;
            Assert.StartsWith("the samples of this minibatch are of several markets", message, StringComparison.Ordinal);
        }
    }

    private Real Penalty(Linear bridge) =>
        new OrthogonalityPenalty(_device, bridge.Weight).Apply(new Tape(_device, recording: false)).Value.Values.Span[0];

    private static Ddtcdr Model(IDevice device, ulong seed, DdtcdrOptions options)
    {
        Ddtcdr model = new(device, s_shape with { Ddtcdr = options });
        model.Initialise(seed, "test", 1);
        foreach (Linear bridge in model.Bridges)
            Initial.Uniform(bridge.Bias, 1, seed, "test");
        return model;
    }

    // An mlp of a market's network over the item vectors of the same market, or over those of another market sent across a bridge.
    private static Mlp Alone(IDevice device, Ddtcdr model, int network, (int Market, Linear Bridge)? across)
    {
        Mlp mlp = new(device, s_shape);
        Copy(model.User.Table, mlp.User.Table);
        Copy(model.Networks[across?.Market ?? network].Item.Table, mlp.Item.Table);
        if (across is { } over)
        {
            Real[] items = mlp.Item.Table.Value.Values.Span.ToArray(), w = over.Bridge.Weight.Value.Values.Span.ToArray();
            for (int i = 0; i < items.Length; i++)
            {
                Real product = Enumerable.Range(0, 3).Sum(k => w[(i % 3 * 3) + k] * items[(i / 3 * 3) + k]);
                mlp.Item.Table.Value.Values.Span[i] = over.Bridge.Bias.Value.Values.Span[i % 3] + product;
            }
        }

        MarketNetwork own = model.Networks[network];
        IEnumerable<Parameter> wanted = own.Tower.Parameters.Concat(own.Output.Parameters);
        foreach ((Parameter from, Parameter to) in wanted.Zip(mlp.Tower.Parameters.Concat(mlp.Output.Parameters)))
            Copy(from, to);
        return mlp;

        static void Copy(Parameter from, Parameter to) => from.Value.Values.Span.CopyTo(to.Value.Values.Span);
    }

    private static Minibatch Batch(IDevice device, int market)
    {
        Minibatch batch = new(device, 30);
        int[] places = [.. Enumerable.Range(0, 30)];
        Real[] labels = [.. places.Select(i => (Real)(i % 4 == 0 ? 1 : 0))];
        batch.Set([.. places.Select(i => i % 5)], [.. places.Select(i => i % 6)], labels, [.. places.Select(_ => market)]);
        return batch;
    }

    private static Real[] Logits(IDevice device, IRecommender model, int market) =>
        model.Logits(new Tape(device, recording: false), Batch(device, market)).Value.Values.Span.ToArray();
}
