// Adam over histories of dense and row gradients agrees with its formulas in double precision. The comparison with PyTorch is in
// ForecEngine.Recommenders.Tests/Models/PyTorchFixtureTests.cs.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Optimisers;

public sealed class AdamOptimiserTests : IDisposable
{
    private const double Rate = 0.01;

    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void Many_steps_agree_with_the_formulas_in_double_precision(
        DeviceChoice choice, MatrixShape shape, Seed seed, bool lazy, bool decays)
    {
        using IDevice device = choice.Create();
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        ulong next = 0;
        int rows = 1 + shape.Rows;
        AdamOptions options = new(Rate, decays ? 1e-3 : 0, lazy ? AdamMode.Lazy : AdamMode.Dense);
        EmbeddingTable table = new(device, "table", rows, shape.Columns);
        DenseParameter weight = new(device, "weight", rows, shape.Columns);
        Initial.Normal(table, 1, seed.Value, "test");
        Initial.Normal(weight, 1, seed.Value, "test");
        AdamOptimiser optimiser = new(device, [table, weight], options);
        Reference tableReference = new(table, options, lazy), weightReference = new(weight, options, lazy: false);

        for (int step = 1; step <= 6; step++)
        {
            int[] ids = [.. Enumerable.Range(0, draws.Below(next++, 8)).Select(_ => draws.Below(next++, rows))];
            Real[] dy = [.. Enumerable.Range(0, ids.Length * shape.Columns).Select(_ => (Real)draws.Normal(next++))];
            Real[] dense = [.. Enumerable.Range(0, rows * shape.Columns).Select(_ => (Real)draws.Normal(next++))];
            double[] scattered = new double[rows * shape.Columns];
            for (int i = 0; i < dy.Length; i++)
                scattered[(ids[i / shape.Columns] * shape.Columns) + (i % shape.Columns)] += dy[i];
            tableReference.Update(step, scattered, [.. ids]);
            weightReference.Update(step, Array.ConvertAll(dense, x => (double)x), []);

            AddRows(table, ids, dy);
            weight.Gradient.Values.Write(dense);
            optimiser.Update();

            Assert.Equal(step, optimiser.Steps);
            tableReference.AssertNear();
            weightReference.AssertNear();
            Assert.Equal(0, table.Gradient.Rows.Count);
            Assert.All(weight.Gradient.Values.Span.ToArray(), g => Assert.Equal(0, g));
        }
    }

    [Fact]
    public void The_first_step_moves_each_element_by_the_learning_rate()
    {
        DenseParameter weight = new(_device, "w", 3);
        weight.Value.Values.Write([1, 1, 1]);
        weight.Gradient.Values.Write([1000, -0.001f, 0]);
        new AdamOptimiser(_device, [weight], new AdamOptions(Rate)).Update();
        Assert.Equal(0.99, weight.Value.Values.Span[0], 1e-6);
        Assert.Equal(1.01, weight.Value.Values.Span[1], 1e-6);
        Assert.Equal(1, weight.Value.Values.Span[2]);
    }

    [Theory]
    [InlineData(AdamMode.Dense)]
    [InlineData(AdamMode.Lazy)]
    public void A_row_without_a_gradient_moves_with_dense_Adam_and_stays_with_lazy_Adam(AdamMode mode)
    {
        EmbeddingTable table = new(_device, "t", 2, 1);
        table.Value.Values.Write([1, 1]);
        AdamOptimiser optimiser = new(_device, [table], new AdamOptions(Rate, L2: 0, mode));
        AddRows(table, [0], [1]);
        optimiser.Update();
        Real after = table.Value.Values.Span[0];
        AddRows(table, [1], [1]);
        optimiser.Update();
        if (mode == AdamMode.Lazy)
            Assert.Equal(after, table.Value.Values.Span[0]);
        else
            Assert.True(table.Value.Values.Span[0] < after);
    }

    [Fact]
    public void The_state_is_two_moments_per_parameter()
    {
        DenseParameter weight = new(_device, "w", 2, 3);
        EmbeddingTable table = new(_device, "t", 4, 5);
        AdamOptimiser optimiser = new(_device, [weight, table], new AdamOptions(Rate));
        weight.Gradient.Values.Write([1, 2, 3, 4, 5, 6]);
        optimiser.Update();
        Assert.Equal(
            ["exp_avg.w", "exp_avg_sq.w", "exp_avg.t", "exp_avg_sq.t"], optimiser.State.Select(tensor => tensor.Name));
        Assert.Equal([6, 6, 20, 20], optimiser.State.Select(tensor => tensor.Values.Length));
        Assert.Equal(0.6, optimiser.State[0].Values.Span[5], 1e-6);
        Assert.Equal(0.036, optimiser.State[1].Values.Span[5], 1e-6);
    }

    private static void AddRows(EmbeddingTable table, int[] ids, Real[] dy) =>
        table.Gradient.Append(RowIds.Write(new HostStorage<int>(ids.Length).Slice(), ids)).Values.Write(dy);

    // torch.optim.Adam and torch.optim.SparseAdam for one parameter, in double.
    private sealed class Reference(Parameter parameter, AdamOptions options, bool lazy)
    {
        private readonly double[] _p = Array.ConvertAll(parameter.Value.Values.Span.ToArray(), x => (double)x);
        private readonly double[] _m = new double[parameter.Value.Values.Length];
        private readonly double[] _v = new double[parameter.Value.Values.Length];

        public void Update(int step, double[] gradient, HashSet<int> touched)
        {
            double correction1 = 1 - Math.Pow(options.Beta1, step), correction2 = 1 - Math.Pow(options.Beta2, step);
            for (int i = 0; i < _p.Length; i++)
            {
                if (lazy && !touched.Contains(i / parameter.Value.Columns))
                    continue;
                double g = gradient[i] + (options.L2 * _p[i]);
                _m[i] = (options.Beta1 * _m[i]) + ((1 - options.Beta1) * g);
                _v[i] = (options.Beta2 * _v[i]) + ((1 - options.Beta2) * g * g);
                _p[i] -= lazy
                    ? options.LearningRate * Math.Sqrt(correction2) / correction1 * _m[i] / (Math.Sqrt(_v[i]) + options.Epsilon)
                    : options.LearningRate / correction1 * _m[i] / (Math.Sqrt(_v[i] / correction2) + options.Epsilon);
            }
        }

        // If weight decay is a row's only gradient, the gradient is near zero for values near zero, and rounding has a larger effect.
        public void AssertNear()
        {
            ReadOnlySpan<Real> found = parameter.Value.Values.Span;
            for (int i = 0; i < _p.Length; i++)
                Assert.True(Math.Abs(found[i] - _p[i]) <= 5e-6, $"{parameter.Name}[{i}] is {found[i]:R}, {_p[i]:R} is right");
        }
    }
}
