// The mean loss of a minibatch and its gradients have the same bits on every device; a training step allocates nothing.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class LossGradientTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void Every_device_trains_nmf_to_the_same_bits_as_the_scalar_device(DeviceChoice choice, Seed seed, bool lazy)
    {
        using IDevice scalar = new ScalarDevice(), device = choice.Create();
        Assert.Equal(Trained(scalar, seed.Value, lazy), Trained(device, seed.Value, lazy));
    }

    [Theory]
    [InlineData(0, AdamMode.Dense, RatingLoss.Bce, NegativeSampling.Uniform, 0)]
    [InlineData(1, AdamMode.Dense, RatingLoss.Bce, NegativeSampling.Uniform, 0)]
    [InlineData(2, AdamMode.Dense, RatingLoss.Bce, NegativeSampling.Uniform, 0)]
    [InlineData(2, AdamMode.Lazy, RatingLoss.Bce, NegativeSampling.Uniform, 0)]
    [InlineData(2, AdamMode.Dense, RatingLoss.Bpr, NegativeSampling.Popularity, 0)]
    [InlineData(2, AdamMode.Lazy, RatingLoss.SampledSoftmax, NegativeSampling.InBatch, 0.5)]
    public void A_training_step_allocates_nothing(
        int threads, AdamMode adam, RatingLoss loss, NegativeSampling negatives, double dropout)
    {
        using IDevice device = threads == 0 ? new ScalarDevice() : new SimdDevice(threads);
        MarketUnion union = new([TestMarkets.Prepared("jp", 1, users: 60, items: 80)]);
        SampleSettings settings = new() { BatchSize = 128, NegativeSampling = negatives };
        ModelShape shape = new(union.Users, union.Items.Count, 8, [16, 64, 32, 16, 8]) { Dropout = dropout };
        IRecommender model = ModelCatalog.Create("nmf", device, shape);
        model.Initialise(1, "test", 1);
        LossGradient gradient = new(device, model, loss, seed: 1);
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, 1e-7, adam));
        SampleStream stream = new(device, union.Markets, settings, 1, "nmf", 0, inGroups: loss != RatingLoss.Bce);
        AllocationFreeSteps.Check(device, gradient, optimiser, stream);
    }

    [Fact]
    public void The_loss_is_the_mean_cross_entropy_of_the_logits_and_gradients_add_up()
    {
        using IDevice device = new ScalarDevice();
        (Gmf gmf, Minibatch batch, Real[] logits) = ThreeSamples(device);
        double expected = (Math.Log(1 + Math.Exp(-logits[0])) + Math.Log(1 + Math.Exp(logits[1])) + Math.Log(1 + Math.Exp(-logits[2]))) / 3;

        LossGradient gradient = new(device, gmf);
        Assert.Equal(expected, Add(gradient, batch), 1e-6);
        Real[] once = gmf.Output.Weight.Gradient.Values.Span.ToArray();
        Add(gradient, batch);
        Assert.Equal(
            once.Select(g => 2 * g), gmf.Output.Weight.Gradient.Values.Span.ToArray(), (right, found) => Math.Abs(right - found) < 1e-6f);
    }

    [Theory]
    [InlineData(RatingLoss.Bce)]
    [InlineData(RatingLoss.Mse)]
    public void A_model_whose_logits_use_a_parameter_that_it_does_not_list_is_refused_unless_the_parameter_is_frozen(RatingLoss loss)
    {
        using IDevice device = new ScalarDevice();
        Part part = new(device);
        string message = Assert.Throws<ArgumentException>(() => new LossGradient(device, part, loss)).Message;
        Assert.StartsWith("Part: Logits uses 'i.weight', which is not among its Parameters", message, StringComparison.Ordinal);
        part.Items.Table.IsFrozen = true;
        _ = new LossGradient(device, part, loss);
    }

    [Fact]
    public void The_squared_error_uses_the_output_without_a_sigmoid()
    {
        using IDevice device = new ScalarDevice();
        (Gmf gmf, Minibatch batch, Real[] outputs) = ThreeSamples(device);

        double loss = Add(new LossGradient(device, gmf, RatingLoss.Mse), batch);
        double[] errors = [outputs[0] - 1, outputs[1], outputs[2] - 1];
        Assert.Equal(errors.Sum(error => error * error) / 3, loss, 1e-6);
        Assert.Equal(2 * errors.Sum() / 3, gmf.Output.Bias.Gradient.Values.Span[0], 1e-6);
    }

    [Theory]
    [InlineData(RatingLoss.Bpr)]
    [InlineData(RatingLoss.SampledSoftmax)]
    public void A_loss_of_groups_compares_each_positive_with_its_negatives(RatingLoss loss)
    {
        using IDevice device = new ScalarDevice();
        Gmf gmf = new(device, new ModelShape(4, 9, 2, [4, 2]));
        gmf.Initialise(1, "test", 1);
        Minibatch batch = new(device, 6), groups = new(device, 0);
        batch.Set([0, 0, 0, 3, 3, 3], [2, 1, 5, 8, 0, 2], [1, 0, 0, 1, 0, 0]);
        groups.Refer(batch.Samples, market: 0, groupSize: 3);
        Real[] z = gmf.Logits(new Tape(device, recording: false), batch).Value.Values.Span.ToArray();
        double expected = ((int[])[0, 3]).Average(i => loss == RatingLoss.Bpr
            ? (Math.Log(1 + Math.Exp(z[i + 1] - z[i])) + Math.Log(1 + Math.Exp(z[i + 2] - z[i]))) / 2
            : Math.Log(1 + Math.Exp(z[i + 1] - z[i]) + Math.Exp(z[i + 2] - z[i])));
        Assert.Equal(expected, Add(new LossGradient(device, gmf, loss), groups), 1e-6);
        string message = Assert.Throws<ArgumentException>(() => Add(new LossGradient(device, gmf, loss), batch)).Message;
        Assert.StartsWith($"{loss} compares a positive with its negatives", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void If_the_loss_is_not_finite_the_parameters_are_unchanged_and_the_gradients_cleared(bool vector)
    {
        using IDevice device = vector ? new SimdDevice(2) : new ScalarDevice();
        (Gmf gmf, Minibatch batch, _) = ThreeSamples(device);
        AdamOptimiser optimiser = new(device, gmf.Parameters, new AdamOptions(0.01));
        HostStorage<Real> loss = new(1);
        new LossGradient(device, gmf).Add(batch, 1, loss.Slice());
        loss.Span[0] = Real.NaN;
        Real[][] before = [.. gmf.Parameters.Select(p => p.Value.Values.Span.ToArray())];
        optimiser.Update(loss.Slice());
        Assert.Equal(before, gmf.Parameters.Select(p => p.Value.Values.Span.ToArray()));
        Assert.All(gmf.Output.Weight.Gradient.Values.Span.ToArray(), g => Assert.Equal(0, g));
        Assert.Equal(0, gmf.User.Table.Gradient.Rows.Count);
    }

    // Forgets to list its item table.
    private sealed class Part(IDevice device) : IRecommender
    {
        private readonly Embedding _users = new(device, "u", 3, 2);

        public Embedding Items { get; } = new(device, "i", 3, 2);

        public IReadOnlyList<Parameter> Parameters => [_users.Table];

        public void Initialise(ulong seed, string purpose, double embeddingDeviation) => throw new NotSupportedException();

        public Tensor Logits(Tape tape, Minibatch batch) =>
            tape.RowSum(tape.Multiply(_users.Apply(tape, batch.Users), Items.Apply(tape, batch.Items)));

        public IRecommender WithUsers(IDevice device, int users) => throw new NotSupportedException();
    }

    private static Real Add(LossGradient gradient, Minibatch batch)
    {
        HostStorage<Real> loss = new(1);
        gradient.Add(batch, 1, loss.Slice());
        return loss.Span[0];
    }

    // A small model, samples labelled 1, 0, 1, and the outputs of the model for them.
    private static (Gmf Model, Minibatch Batch, Real[] Outputs) ThreeSamples(IDevice device)
    {
        Gmf gmf = new(device, new ModelShape(3, 3, 2, [4, 2]));
        gmf.Initialise(1, "test", 1);
        Minibatch batch = new(device, 3);
        batch.Set([0, 1, 2], [2, 1, 2], [1, 0, 1]);
        return (gmf, batch, gmf.Logits(new Tape(device, recording: false), batch).Value.Values.Span.ToArray());
    }

    // The loss, the gradients after the first step and the weights after three.
    private static Real[] Trained(IDevice device, ulong seed, bool lazy)
    {
        RandomSequence draws = RandomSequence.Named(seed, "test");
        int dimension = 1 + draws.Below(0, 12);
        ModelShape shape = new(
            1 + draws.Below(1, 20), 1 + draws.Below(2, 20), dimension,
            [2 * dimension, 1 + draws.Below(3, 70), 1 + draws.Below(4, 30), 1 + draws.Below(5, 9)]);
        IRecommender model = ModelCatalog.Create("nmf", device, shape);
        model.Initialise(seed, "test", 1);
        int count = 1 + draws.Below(6, 200);
        int[] places = [.. Enumerable.Range(0, count)];
        Minibatch batch = new(device, count);
        batch.Set(
            [.. places.Select(i => draws.Below(100 + (ulong)(3 * i), shape.Users))],
            [.. places.Select(i => draws.Below(101 + (ulong)(3 * i), shape.Items))],
            [.. places.Select(i => (Real)draws.Below(102 + (ulong)(3 * i), 2))]);

        LossGradient gradient = new(device, model);
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, 1e-5, lazy ? AdamMode.Lazy : AdamMode.Dense));
        List<Real> numbers = [Add(gradient, batch)];
        foreach (Parameter parameter in model.Parameters)
            numbers.AddRange(
                parameter is EmbeddingTable table ? table.Gradient.Values.Values.Span : ((DenseParameter)parameter).Gradient.Values.Span);
        for (int i = 0; i < 3; i++)
        {
            optimiser.Update();
            numbers.Add(Add(gradient, batch));
        }

        foreach (Parameter parameter in model.Parameters)
            numbers.AddRange(parameter.Value.Values.Span);
        return [.. numbers];
    }
}
