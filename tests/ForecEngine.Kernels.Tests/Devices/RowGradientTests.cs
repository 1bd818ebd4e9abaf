// A table's gradient by positions keeps them in the order of appending, also when its memory grows.

using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 50)]
public sealed class RowGradientTests
{
    [Property]
    public void Positions_stay_in_the_order_in_which_they_were_appended(RowCount batch, ColumnCount columns, Seed seed)
    {
        Draws draws = new(seed);
        using ScalarDevice device = new();
        RowGradient gradient = new(device, columns.Value);
        for (int pass = 0; pass < 2; pass++)
        {
            gradient.Clear();
            Assert.Equal(0, gradient.Rows.Count);
            List<int> rows = [];
            List<Real> values = [];
            for (int append = 0; append < 3; append++)
            {
                int[] named = draws.Rows(draws.Below(batch.Value + 1), 50);
                Real[] adjoints = draws.Ordinary(named.Length * columns.Value);
                gradient.Append(new Workspace(device).Rows(named)).Values.Write(adjoints);
                rows.AddRange(named);
                values.AddRange(adjoints);
                Assert.Equal(rows, gradient.Rows.Values.Span.ToArray());
                Assert.Equal(values, gradient.Values.Values.Span.ToArray());
                Assert.Equal(rows.Count == 0 ? 0 : rows.Max() + 1, gradient.Rows.Bound);
            }
        }
    }

    [Fact]
    public void Positions_are_distinct_if_they_were_appended_once_and_are_distinct()
    {
        using ScalarDevice device = new();
        RowGradient gradient = new(device, 2);
        RowIds distinct = RowIds.WriteDistinct(device.Allocate<int>(2).Slice(), [3, 1]);
        gradient.Append(distinct);
        Assert.True(gradient.Rows.AreDistinct);
        gradient.Append(distinct);
        Assert.False(gradient.Rows.AreDistinct);
        gradient.Clear();
        gradient.Append(distinct);
        Assert.True(gradient.Rows.AreDistinct);
        gradient.Clear();
        gradient.Append(RowIds.Write(device.Allocate<int>(2).Slice(), [3, 1]));
        Assert.False(gradient.Rows.AreDistinct);
    }
}
