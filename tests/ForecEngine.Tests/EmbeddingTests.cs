// An embedding looks up rows of a table.

using ForecEngine.Autodiff;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class EmbeddingTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 50)]
    public void Each_id_gets_its_row(DeviceChoice choice, MatrixShape shape, Seed seed)
    {
        using IDevice device = choice.Create();
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        Embedding embedding = new(device, "table", 1 + shape.Rows, shape.Columns);
        embedding.Initialise(seed.Value, "test", standardDeviation: 1);
        int[] ids = [.. Enumerable.Range(0, draws.Below(0, 30)).Select(i => draws.Below(1 + (ulong)i, 1 + shape.Rows))];

        Tensor y = embedding.Apply(new Tape(device), RowIds.Write(device.Allocate<int>(ids.Length).Slice(), ids));

        Real[] table = embedding.Table.Value.Values.Span.ToArray();
        Assert.Equal((ids.Length, shape.Columns), (y.Rows, y.Columns));
        Assert.Equal(ids.SelectMany(id => table.Skip(id * shape.Columns).Take(shape.Columns)), y.Value.Values.Span.ToArray());
    }

    [Fact]
    public void An_id_outside_the_table_is_refused()
    {
        Embedding embedding = new(_device, "table", 3, 2);
        RowIds rows = RowIds.Write(_device.Allocate<int>(1).Slice(), [3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => embedding.Apply(new Tape(_device), rows));
    }

    [Fact]
    public void A_table_has_the_name_used_by_PyTorch_and_the_requested_standard_deviation()
    {
        Embedding embedding = new(_device, "embedding_user_mf", 2000, 8);
        Assert.Equal("embedding_user_mf.weight", embedding.Table.Name);
        Assert.Equal([2000, 8], embedding.Table.Shape);
        embedding.Initialise(42, "test", standardDeviation: 0.01);
        Assert.Equal(1e-4, embedding.Table.Value.Values.Span.ToArray().Average(x => (double)x * x), 1e-5);
    }
}
