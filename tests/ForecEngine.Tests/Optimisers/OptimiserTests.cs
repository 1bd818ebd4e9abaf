// The state of an optimiser that checkpoints hold, parameters that do not decay, and custom update rules.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;
using ForecEngine.Optimisers;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Optimisers;

public sealed class OptimiserTests
{
    [Fact]
    public void Adam_has_state_for_its_steps_and_both_moments_and_sgd_has_none()
    {
        using ScalarDevice device = new();
        DenseParameter weight = new(device, "weight", 2, 3);
        AdamOptimiser adam = new(device, [weight], new AdamOptions(0.1));
        adam.Update();
        Assert.Equal(("adam", 1), (adam.Name, adam.Steps));
        Assert.Equal(["exp_avg.weight", "exp_avg_sq.weight"], adam.State.Select(tensor => tensor.Name));
        Assert.All(adam.State, tensor => Assert.Equal(6, tensor.Values.Length));
        Assert.Empty(new SgdOptimiser(device, [weight], 0.1).State);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void L2_does_not_apply_to_parameters_that_do_not_decay(DeviceChoice choice, MatrixShape shape, Seed seed, bool lazy)
    {
        using IDevice device = choice.Create();
        AdamMode mode = lazy ? AdamMode.Lazy : AdamMode.Dense;
        foreach (Func<EmbeddingTable, double, Optimiser> make in (Func<EmbeddingTable, double, Optimiser>[])
            [
                (table, l2) => new SgdOptimiser(device, [table], 0.1, l2),
                (table, l2) => new AdamOptimiser(device, [table], new AdamOptions(0.1, l2, mode)),
            ])
        {
            Real[] free = Moved(decays: false, l2: 0.5);
            Assert.Equal(Moved(decays: true, l2: 0), free);
            Assert.NotEqual(Moved(decays: true, l2: 0.5), free);

            Real[] Moved(bool decays, double l2)
            {
                EmbeddingTable table = new(device, "table", 1 + shape.Rows, shape.Columns) { Decays = decays };
                Initial.Normal(table, 1, seed.Value, "test");
                Optimiser optimiser = make(table, l2);
                for (int step = 0; step < 3; step++)
                {
                    RowIds ids = RowIds.Write(device.Allocate<int>(1).Slice(), [step % (1 + shape.Rows)]);
                    table.Gradient.Append(ids).Values.Write([.. Enumerable.Range(0, shape.Columns).Select(i => (Real)(0.1 * (i + 1)))]);
                    optimiser.Update();
                }

                return table.Value.Values.Span.ToArray();
            }
        }
    }

    [Fact]
    public void A_custom_update_rule_updates_parameters_and_its_state_is_stored_by_name()
    {
        using ScalarDevice device = new();
        DenseParameter weight = new(device, "weight", 2);
        Momentum momentum = new(device, [weight]);
        foreach (Real expected in (Real[])[-1, -2.5f])
        {
            weight.Gradient.Values.Write([1, 0]);
            momentum.Update();
            Assert.Equal([expected, 0], weight.Value.Values.Span.ToArray());
        }

        OptimiserTensor kept = Assert.Single(momentum.State);
        Assert.Equal("momentum_buffer.weight", kept.Name);
        Assert.Equal([1.5f, 0], kept.Values.Span.ToArray());
    }

    // m = m / 2 + g, p = p - m.
    private sealed class Momentum(IDevice device, IReadOnlyList<Parameter> parameters)
        : Optimiser<HalfMomentum>(device, parameters, "momentum_buffer")
    {
        public override string Name => "momentum";

        protected override HalfMomentum RuleOf(int step, double rateFactor, Parameter parameter) => default;
    }

    private readonly struct HalfMomentum : IUpdateRule
    {
        public static int Statistics => 1;

        public TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
            where TLane : struct, ILane<TLane>
            where TMemory : struct, IMemory<TLane>
        {
            TLane velocity = TLane.MultiplyAdd(TLane.Broadcast(0.5f), m.Load(i), gradient);
            m.Store(i, velocity);
            return p - velocity;
        }
    }
}
