// A parameter has one or two extents; Set copies all values of a parameter of the same length.

using ForecEngine.Kernels;
using Xunit;

namespace ForecEngine.Tests;

public sealed class ParameterTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void More_values_than_an_array_can_hold_are_refused_by_name()
    {
        string message =
            Assert.Throws<OverflowException>(() => new EmbeddingTable(_device, "embedding_user.weight", 1 << 20, 1 << 12)).Message;
        Assert.StartsWith("embedding_user.weight: 1048576 x 4096 are 4294967296 values; ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData(2, 3, 4)]
    public void A_shape_that_is_no_vector_and_no_matrix_is_refused_by_name(params int[] shape)
    {
        string message = Assert.Throws<ArgumentException>(() => new DenseParameter(_device, "fc.weight", shape)).Message;
        Assert.StartsWith($"fc.weight: has {shape.Length} extents; ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Parameter.PartLength)]
    [InlineData((2 * Parameter.PartLength) + 3)]
    public void Set_copies_all_values_of_the_other_parameter(int rows)
    {
        EmbeddingTable from = new(_device, "from", rows, 1), to = new(_device, "to", rows, 1);
        from.Value.Values.Write([.. Enumerable.Range(1, rows).Select(i => (Real)i)]);
        to.Set(from);
        Assert.Equal(from.Value.Values.Span.ToArray(), to.Value.Values.Span.ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Set_refuses_a_parameter_of_another_length_and_copies_nothing(int rows)
    {
        EmbeddingTable from = new(_device, "from", rows, 1), to = new(_device, "to", 4, 1);
        from.Value.Values.Span.Fill(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => to.Set(from));
        Assert.All(to.Value.Values.Span.ToArray(), value => Assert.Equal(0, value));
    }
}
