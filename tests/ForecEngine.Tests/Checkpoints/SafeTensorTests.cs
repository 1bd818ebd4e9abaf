// SafeTensor returns the numbers that it was made of, and refuses other conversions; the message says why.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Checkpoints;

public sealed class SafeTensorTests
{
    [Property]
    public void Floats_come_back_bit_for_bit(float[] values)
    {
        SafeTensor tensor = SafeTensor.Of("x", values, values.Length);
        Assert.Equal(values.Select(BitConverter.SingleToUInt32Bits), tensor.ToSingles().Select(BitConverter.SingleToUInt32Bits));
        double[] wide = new double[values.Length];
        tensor.CopyTo(wide.AsSpan());
        Assert.Equal(values.Select(value => (double)value), wide);
    }

    [Property]
    public void Doubles_come_back_exactly_as_doubles_and_rounded_as_floats(double[] values)
    {
        SafeTensor tensor = SafeTensor.Of("x", values, values.Length, 1);
        double[] back = new double[values.Length];
        tensor.CopyTo(back.AsSpan());
        Assert.Equal(values, back);
        Assert.Equal(values.Select(value => (float)value), tensor.ToSingles());
    }

    [Fact]
    public void A_renamed_tensor_has_the_same_numbers_and_names_that_the_format_reserves_are_refused()
    {
        SafeTensor tensor = SafeTensor.Of("x", [1f, 2, 3], 3, 1), renamed = tensor.Renamed("part/x");
        Assert.Equal(("part/x", 3, SafeDtype.F32), (renamed.Name, renamed.Count, renamed.Dtype));
        Assert.Equal(tensor.Shape, renamed.Shape);
        Assert.Equal([1, 2, 3], renamed.ToSingles());
        Assert.Throws<ArgumentException>(() => tensor.Renamed("__metadata__"));
        Assert.Throws<ArgumentException>(() => tensor.Renamed("\uD800"));
    }

    [Property]
    public void Integers_and_bytes_come_back(long[] integers, byte[] bytes)
    {
        Assert.Equal(integers, SafeTensor.Of("x", integers, integers.Length).ToInt64s());
        Assert.Equal(bytes, SafeTensor.Of("x", bytes, bytes.Length).Data.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Parameter.PartLength - 1)]
    [InlineData((2 * Parameter.PartLength) + 3)]
    public void A_tensor_over_device_storage_has_the_values_at_the_time_it_is_read(int length)
    {
        HostStorage<float> storage = new(length);
        SafeTensor tensor = SafeTensor.Of("x", storage.Slice(), length);
        float[] values = [.. Enumerable.Range(1, length).Select(i => i / 3f)];
        storage.Write(0, values);
        Assert.Equal((length, SafeDtype.F32, 4L * length), (tensor.Count, tensor.Dtype, tensor.Bytes));
        Assert.Equal(values, tensor.ToSingles());
        List<byte> visited = [];
        tensor.VisitData(part => visited.AddRange(part));
        Assert.Equal(SafeTensor.Of("x", values, length).Data.ToArray(), visited);
    }

    [Fact]
    public void A_single_number_has_no_extents()
    {
        SafeTensor tensor = SafeTensor.Of("loss", [0.5f]);
        Assert.Empty(tensor.Shape);
        Assert.Equal(1, tensor.Count);
    }

    [Fact]
    public void A_shape_that_disagrees_with_the_values_is_refused()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SafeTensor.Of("w", new float[5], 2, 3));
        Assert.StartsWith("tensor 'w' of shape [2, 3] has 6 elements, but 5 are given", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SafeTensor.Of("w", new float[6], -2, -3));
    }

    [Fact]
    public void A_reserved_name_and_a_name_that_is_not_Unicode_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SafeTensor.Of("__metadata__", new float[1], 1));
        Assert.Throws<ArgumentException>(() => SafeTensor.Of("half \ud800 a pair", new float[1], 1));
        Assert.Throws<ArgumentException>(() => SafeTensor.Of("\udc00\ud800", new float[1], 1));
        Assert.Equal("whole \ud83d\ude00 pair", SafeTensor.Of("whole \ud83d\ude00 pair", new float[1], 1).Name);
    }

    [Fact]
    public void Integers_are_not_read_as_floats_nor_floats_as_integers()
    {
        CheckpointException thrown = Assert.Throws<CheckpointException>(() => SafeTensor.Of("w", new long[1], 1).ToSingles());
        Assert.Equal("a tensor in memory: tensor 'w' is I64, but F32, F64, F16 or BF16 is needed", thrown.Message);
        Assert.Throws<CheckpointException>(() => SafeTensor.Of("w", new float[1], 1).ToInt64s());
    }

    [Fact]
    public void Copying_to_a_destination_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => SafeTensor.Of("w", new float[3], 3).CopyTo(new float[4].AsSpan()));
}
