// SGD computes p - rate (g + l2 p).

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Optimisers;

public sealed class SgdOptimiserTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void A_step_subtracts_the_gradient_and_decays_every_row(DeviceChoice choice, MatrixShape shape, Seed seed, bool decays)
    {
        using IDevice device = choice.Create();
        double l2 = decays ? 0.125 : 0;
        EmbeddingTable table = new(device, "table", 2 + shape.Rows, shape.Columns);
        DenseParameter weight = new(device, "weight", 2 + shape.Rows, shape.Columns);
        DenseParameter direction = new(device, "direction", 2 + shape.Rows, shape.Columns);
        Initial.Normal(table, 1, seed.Value, "test");
        Initial.Normal(weight, 1, seed.Value, "test");
        Initial.Normal(direction, 1, seed.Value, "test");
        Real[] t = table.Value.Values.Span.ToArray(), w = weight.Value.Values.Span.ToArray(), g = direction.Value.Values.Span.ToArray();

        // Only the last row of the table has a gradient.
        int last = g.Length - shape.Columns;
        table.Gradient.Append(RowIds.Write(device.Allocate<int>(1).Slice(), [1 + shape.Rows])).Values.Write(g.AsSpan(last));
        weight.Gradient.Values.Write(g);
        new SgdOptimiser(device, [table, weight], 0.5, l2).Update();

        for (int i = 0; i < g.Length; i++)
        {
            Assert.Equal(w[i] - (0.5 * (g[i] + (l2 * w[i]))), weight.Value.Values.Span[i], 1e-6);
            Assert.Equal(t[i] - (0.5 * ((i < last ? 0 : g[i]) + (l2 * t[i]))), table.Value.Values.Span[i], 1e-6);
        }

        Assert.Equal(0, table.Gradient.Rows.Count);
        Assert.All(weight.Gradient.Values.Span.ToArray(), x => Assert.Equal(0, x));
    }
}
