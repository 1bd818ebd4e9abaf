// A loss defined by the model, that of dual transfer: which parameters a minibatch changes, and the same bits on every device.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class OwnLossTests
{
    private static readonly ModelShape s_shape = new(Users: 50, Items: 60, Dimension: 8, [16, 64, 8]) { Markets = 3, Target = 1 };

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void Every_device_has_the_same_bits_as_the_scalar_device_after_some_steps(DeviceChoice choice, Seed seed)
    {
        using IDevice scalar = new ScalarDevice(), device = choice.Create();
        Assert.Equal(Trained(scalar, seed.Value), Trained(device, seed.Value));
    }

    // Samples of market 0 cross the bridge to the target, which is market 1.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_the_cross_gradient_the_other_network_gets_no_gradient_and_the_bridge_only_that_of_its_penalty(bool cross)
    {
        using IDevice device = new ScalarDevice();
        Ddtcdr model = Model(device, new DdtcdrOptions { Alpha = 0.3, CrossGradient = cross, Orthogonality = 0.01 });
        foreach (Linear bridge in model.Bridges)
            Initial.Normal(bridge.Weight, 1, 1, "test");
        new Steps(device, model, 1).Run(Batch(device, market: 0, seed: 1));

        Assert.Contains(Gradients(model.Networks[0]), g => g != 0);
        Assert.Equal(cross, Gradients(model.Networks[1]).Any(g => g != 0));
        Assert.DoesNotContain(Gradients(model.Networks[2]), g => g != 0);
        Assert.Equal(cross, Gradient(model.Bridges[1].Bias).Any(g => g != 0));
        DenseParameter same = new(device, "same", 8, 8);
        model.Bridges[1].Weight.Value.Values.Span.CopyTo(same.Value.Values.Span);
        Tape tape = new(device);
        tape.Backward(tape.Scale(new OrthogonalityPenalty(device, same).Apply(tape), 0.01f));
        IEnumerable<Real> differences =
            Gradient(same).Zip(Gradient(model.Bridges[1].Weight), (one, other) => Math.Abs(one - other));
        Assert.Equal(!cross, differences.All(difference => difference < 1e-6));
        Assert.All((int[])[0, 2, 3], untouched => Assert.DoesNotContain(Gradient(model.Bridges[untouched].Weight), g => g != 0));
    }

    [Fact]
    public void The_loss_is_defined_by_the_model_and_steps_drop_different_units()
    {
        using IDevice device = new ScalarDevice();
        Ddtcdr model = Model(device, new DdtcdrOptions { Dropout = 0.5 });
        Steps step = new(device, model, 7);
        Minibatch batch = Batch(device, market: 1, seed: 1);
        Real[] found = [step.Run(batch), step.Run(batch)];
        Assert.Equal([Loss(1), Loss(2)], found);
        Assert.NotEqual(found[0], found[1]);

        Real Loss(int number) => model.Loss(new Tape(device, recording: false), batch, 7, number).Value.Values.Span[0];
    }

    // Bridges start as 0.9 times an orthogonal matrix: W W' = 0.81 I, at a mean distance of 0.19 / 8 from I.
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.02, true)]
    public void A_large_penalty_makes_bridges_orthogonal(double penalty, bool orthogonal)
    {
        using IDevice device = new SimdDevice(1);
        Ddtcdr model = Model(device, new DdtcdrOptions { Orthogonality = penalty });
        foreach (Linear bridge in model.Bridges)
        {
            foreach (ref Real w in bridge.Weight.Value.Values.Span)
                w *= 0.9f;
        }

        Steps step = new(device, model, 1);
        SgdOptimiser descent = new(device, model.Parameters, 0.01);
        for (int i = 0; i < 1200; i++)
        {
            step.Run(Batch(device, market: i % 3, seed: (ulong)i % 30));
            descent.Update();
        }

        foreach (Linear bridge in model.Bridges)
        {
            Tape untracked = new(device, recording: false);
            double distance = new OrthogonalityPenalty(device, bridge.Weight).Apply(untracked).Value.Values.Span[0] / 64;
            Assert.True(orthogonal ? distance < 0.005 : distance > 0.02, $"the mean distance of {bridge.Weight.Name} is {distance}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_training_step_allocates_nothing(int threads)
    {
        using IDevice device = threads == 0 ? new ScalarDevice() : new SimdDevice(threads);
        Ddtcdr model = Model(device, new DdtcdrOptions());
        Steps step = new(device, model, 1);
        SgdOptimiser descent = new(device, model.Parameters, 0.01);
        Minibatch[] batches = [.. Enumerable.Range(0, 3).Select(market => Batch(device, market, seed: 1))];
        for (int i = 0; i < 60; i++)
            Step(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 30; i++)
            Step(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int i)
        {
            step.Run(batches[i % 3]);
            descent.Update();
        }
    }

    /// <summary>Computes the gradients of consecutive steps.</summary>
    private sealed class Steps(IDevice device, Ddtcdr model, ulong seed)
    {
        private readonly LossGradient _gradient = new(device, model, seed: seed);
        private readonly HostStorage<Real> _loss = new(1);
        private int _step;

        public Real Run(Minibatch batch)
        {
            _gradient.Add(batch, 1, _loss.Slice(), ++_step);
            return _loss.Span[0];
        }
    }

    private static Real[] Trained(IDevice device, ulong seed)
    {
        Ddtcdr model = Model(device, new DdtcdrOptions { Alpha = 0.3 });
        Steps step = new(device, model, seed);
        SgdOptimiser descent = new(device, model.Parameters, 0.1);
        List<Real> numbers = [];
        for (int i = 0; i < 6; i++)
        {
            numbers.Add(step.Run(Batch(device, i % 3, seed)));
            descent.Update();
        }

        foreach (Parameter parameter in model.Parameters)
            numbers.AddRange(parameter.Value.Values.Span);
        return [.. numbers];
    }

    private static Ddtcdr Model(IDevice device, DdtcdrOptions options)
    {
        Ddtcdr model = new(device, s_shape with { Ddtcdr = options });
        model.Initialise(1, "test", 1);
        foreach (EmbeddingTable table in model.Parameters.OfType<EmbeddingTable>())
            table.IsFrozen = true;
        return model;
    }

    private static Minibatch Batch(IDevice device, int market, ulong seed)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"test/{market}");
        int[] places = [.. Enumerable.Range(0, 150)];
        Minibatch batch = new(device, 150);
        batch.Set(
            [.. places.Select(i => draws.Below((ulong)(3 * i), 50))], [.. places.Select(i => draws.Below((ulong)(3 * i) + 1, 60))],
            [.. places.Select(i => (Real)draws.Below((ulong)(3 * i) + 2, 2))], [.. places.Select(_ => market)]);
        return batch;
    }

    private static IEnumerable<Real> Gradients(MarketNetwork network) =>
        network.Tower.Parameters.Concat(network.Output.Parameters).OfType<DenseParameter>().SelectMany(Gradient);

    private static Real[] Gradient(DenseParameter parameter) => parameter.Gradient.Values.Span.ToArray();
}
