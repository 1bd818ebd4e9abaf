// A table's gradient as rows is the gradient as a table: any number of additions equals a scatter-add.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class RowGradientTests
{
    private const int TableRows = 9;

    // To the bit: a batch's rows are summed in the order of their positions, batches in the order of their addition.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 200)]
    public void Additions_equal_a_scatter_add_into_a_table(DeviceChoice choice, MatrixShape shape, Seed seed, PositiveInt rounds)
    {
        using IDevice device = choice.Create();
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        ulong next = 0;
        RowGradient gradient = new(shape.Columns);
        for (int pass = 0; pass < 2; pass++)
        {
            gradient.Clear();
            Real[] table = new Real[TableRows * shape.Columns];
            HashSet<int> touched = [];
            for (int add = 0; add < 1 + (rounds.Get % 4); add++)
            {
                int[] ids = [.. Enumerable.Range(0, draws.Below(next++, 1 + shape.Rows)).Select(_ => draws.Below(next++, TableRows))];
                Real[] dy = [.. Enumerable.Range(0, ids.Length * shape.Columns).Select(_ => (Real)draws.Normal(next++))];
                Add(device, gradient, ids, dy, shape.Columns);

                Real[] sums = new Real[table.Length];
                for (int i = 0; i < dy.Length; i++)
                    sums[(ids[i / shape.Columns] * shape.Columns) + (i % shape.Columns)] += dy[i];
                for (int i = 0; i < table.Length; i++)
                    table[i] += sums[i];
                touched.UnionWith(ids);
            }

            Assert.Equal(touched.Order(), gradient.Indices.Span.ToArray());
            Assert.Equal(touched.Order().SelectMany(row => table.Skip(row * shape.Columns).Take(shape.Columns)), gradient.Values.Values.Span.ToArray());
        }
    }

    [Fact]
    public void Two_additions_merge_their_rows()
    {
        using IDevice device = new ScalarDevice();
        RowGradient gradient = new(2);
        Add(device, gradient, [5, 1, 5], [1, 2, 10, 20, 100, 200], 2);
        Add(device, gradient, [7, 1], [3, 4, 30, 40], 2);
        Assert.Equal([1, 5, 7], gradient.Indices.Span.ToArray());
        Assert.Equal([40, 60, 101, 202, 3, 4], gradient.Values.Values.Span.ToArray());
    }

    [Fact]
    public void What_was_expected_and_never_taken_is_no_part_of_the_gradient()
    {
        using ScalarDevice device = new ScalarDevice();
        RowGradient gradient = new(1);
        Indices indices = new(device, 1);
        indices.Set([3]);
        gradient.Expect(device, new Matrix(device.Allocate<Real>(1).Slice(), 1, 1), indices.Groups);
        Assert.Equal(0, gradient.Count);
        Add(device, gradient, [5], [2], 1);
        gradient.Expect(device, new Matrix(device.Allocate<Real>(1).Slice(), 1, 1), indices.Groups);
        Assert.Equal([5], gradient.Indices.Span.ToArray());
        Assert.Equal([2], gradient.Values.Values.Span.ToArray());
    }

    private static void Add(IDevice device, RowGradient gradient, int[] ids, Real[] dy, int columns)
    {
        Indices indices = new(device, ids.Length);
        indices.Set(ids);
        Storage<Real> values = device.Allocate<Real>(dy.Length);
        values.Write(0, dy);
        gradient.Add(device, new Matrix(values.Slice(), ids.Length, columns), indices.Groups);
    }
}
