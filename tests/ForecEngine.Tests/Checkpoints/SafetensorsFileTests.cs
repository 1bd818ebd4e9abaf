// SafetensorsFile reads back what it writes, reads a file of another implementation, and refuses a damaged file with one line that
// names it. golden.safetensors was written by write_golden.py in this directory (Python's struct and json).

using System.Buffers.Binary;
using System.Text;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static string Golden => RepositoryFiles.At("tests", "ForecEngine.Tests", "Checkpoints", "golden.safetensors");

    [Property(MaxTest = 30)]
    public void Half_precision_tensors_are_read_as_equal_floats(float[] values)
    {
        SafeTensor tensor = SafeTensor.Of("x", values, values.Length);
        HalfPrecisionFile.Write(_directory["f16"], SafeDtype.F16, [tensor]);
        Assert.Equal(values.Select(value => (float)(Half)value), SafetensorsFile.Read(_directory["f16"]).Find("x").ToSingles());

        float[] cut = [.. values.Select(value => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000))];
        HalfPrecisionFile.Write(_directory["bf16"], SafeDtype.BF16, [tensor]);
        SafeTensor read = SafetensorsFile.Read(_directory["bf16"]).Find("x");
        Assert.Equal(cut, read.ToSingles());
        double[] wide = new double[values.Length];
        read.CopyTo(wide.AsSpan());
        Assert.Equal(cut.Select(value => (double)value), wide);
    }

    [Fact]
    public void Reading_the_metadata_skips_the_data_but_applies_the_same_checks()
    {
        SafetensorsFile.Write(
            _directory["file"], [SafeTensor.Of("x", new float[1 << 20], 1 << 20)], new Dictionary<string, string> { ["key"] = "value" });
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("value", SafetensorsFile.ReadMetadata(_directory["file"])["key"]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 18);
        File.WriteAllBytes(_directory["file"], File.ReadAllBytes(_directory["file"])[..^1]);
        CheckpointException thrown = Assert.Throws<CheckpointException>(() => SafetensorsFile.ReadMetadata(_directory["file"]));
        Assert.Contains("cut short", thrown.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 50)]
    public void Tensors_and_metadata_are_read_back_as_they_were_written(ulong seed)
    {
        SafeTensor[] tensors = Tensors(seed);
        Dictionary<string, string> metadata = new() { ["seed"] = $"{seed}", ["record"] = "{\"a\": \"b\\n\"}", ["größe"] = "\u2028" };
        SafetensorsFile.Write(_directory["file"], tensors, metadata);

        SafetensorsFile file = SafetensorsFile.Read(_directory["file"]);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(tensors.Length, file.Tensors.Count);
        foreach (SafeTensor tensor in tensors)
        {
            SafeTensor found = file.Find(tensor.Name, [.. tensor.Shape]);
            Assert.Equal(tensor.Dtype, found.Dtype);
            Assert.Equal(tensor.Data.ToArray(), found.Data.ToArray());
        }
    }

    [Property(MaxTest = 30)]
    public void Files_within_a_file_have_the_tensors_of_their_prefix_under_the_rest_of_the_names(ulong seed)
    {
        SafeTensor[] one = Tensors(seed), other = Tensors(seed + 1);
        SafetensorsFile.Write(
            _directory["file"],
            [
                .. one.Select(tensor => tensor.Renamed($"a/{tensor.Name}")), .. other.Select(tensor => tensor.Renamed($"a+/{tensor.Name}")),
                SafeTensor.Of("a", [1f], 1), SafeTensor.Of("b/a/x", [2f], 1),
            ],
            new Dictionary<string, string> { ["key"] = "value" });
        SafetensorsFile file = SafetensorsFile.Read(_directory["file"]);
        foreach ((string prefix, SafeTensor[] expected) in ((string, SafeTensor[])[])[("a/", one), ("a+/", other), ("c/", [])])
        {
            SafetensorsFile within = file.Within(prefix);
            Assert.Equal(file.Path, within.Path);
            Assert.Equal("value", within.Metadata["key"]);
            Assert.Equal(
                expected.Select(tensor => tensor.Name).Order(StringComparer.Ordinal),
                within.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
            Assert.All(expected, tensor =>
                Assert.Equal(tensor.Data.ToArray(), within.Find(tensor.Name, [.. tensor.Shape]).Data.ToArray()));
        }
    }

    [Property(MaxTest = 50)]
    public void The_order_of_tensors_and_metadata_does_not_change_the_file(ulong seed)
    {
        SafeTensor[] tensors = Tensors(seed);
        SafetensorsFile.Write(_directory["one"], tensors, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        Array.Reverse(tensors);
        SafetensorsFile.Write(_directory["two"], tensors, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        Assert.Equal(File.ReadAllBytes(_directory["one"]), File.ReadAllBytes(_directory["two"]));
    }

    [Property(MaxTest = 100)]
    public void Any_name_and_text_is_read_back_or_refused_before_the_file_is_touched(string? name, string? key, string? value)
    {
        File.WriteAllText(_directory["file"], "old");
        try
        {
            Dictionary<string, string> metadata = new() { [key ?? ""] = value ?? "" };
            SafetensorsFile.Write(_directory["file"], [SafeTensor.Of(name ?? "", [1.0f], 1)], metadata);
            SafetensorsFile file = SafetensorsFile.Read(_directory["file"]);
            Assert.Equal(name ?? "", Assert.Single(file.Tensors).Name);
            Assert.Equal(metadata, file.Metadata);
        }
        catch (ArgumentException)
        {
            Assert.Equal("old", File.ReadAllText(_directory["file"]));
        }
    }

    [Property(MaxTest = 300)]
    public void A_file_with_a_changed_byte_in_its_header_is_read_or_refused_in_one_line(NonNegativeInt position, byte value)
    {
        byte[] bytes = File.ReadAllBytes(Golden);
        int headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        bytes[position.Get % headerEnd] = value;
        ReadsOrIsRefused(bytes);
    }

    [Fact]
    public void A_file_with_a_flipped_bit_in_its_header_is_read_or_refused_in_one_line()
    {
        byte[] bytes = File.ReadAllBytes(Golden);
        int headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        for (int bit = 0; bit < 8 * headerEnd; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadsOrIsRefused(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_truncated_file_is_refused_in_one_line_wherever_it_is_cut()
    {
        byte[] bytes = File.ReadAllBytes(Golden);
        for (int length = 0; length < bytes.Length; length++)
            Refused(bytes.AsSpan(0, length));
    }

    [Property(MaxTest = 100)]
    public void Random_bytes_are_read_or_refused_in_one_line(byte[] bytes) => ReadsOrIsRefused(bytes);

    [Property(MaxTest = 100)]
    public void A_header_of_random_text_is_read_or_refused_in_one_line(string? text) => ReadsOrIsRefused(WithHeader(text ?? "", []));

    [Fact]
    public void A_file_written_by_another_implementation_is_read()
    {
        SafetensorsFile file = SafetensorsFile.Read(Golden);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("line one\nline two, ünïcode", file.Metadata["note"]);
        Assert.Equal(
            ["single", "double", "long", "int", "byte", "scalar", "nothing", "a \"name\", größer 市"],
            file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0.0f, -0.0f, 1.5f, -2.25f, float.Epsilon, float.PositiveInfinity], file.Find("single", 2, 3).ToSingles());
        Assert.Equal([0.1f, float.NegativeInfinity], file.Find("double", 2).ToSingles());
        Assert.Equal([long.MinValue, 0, long.MaxValue], file.Find("long", 3).ToInt64s());
        Assert.Equal([int.MinValue, int.MaxValue], file.Find("int", 1, 2).ToInt64s());
        Assert.Equal([0, 1, 128, 255], file.Find("byte", 4).Data.ToArray());
        Assert.Equal([42.0f], file.Find("scalar", []).ToSingles());
        Assert.Empty(file.Find("nothing", 0, 8).ToSingles());
    }

    [Fact]
    public void A_small_file_has_exactly_the_bytes_that_the_format_describes()
    {
        SafetensorsFile.Write(
            _directory["file"],
            [SafeTensor.Of("b", [(byte)1], 1), SafeTensor.Of("a", [1.0f, 2.0f], 2), SafeTensor.Of("c", [3L])],
            new Dictionary<string, string> { ["k"] = "v\"" });
        const string header = """
            {"__metadata__":{"k":"v\""},
            "c":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
            "a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},
            "b":{"dtype":"U8","shape":[1],"data_offsets":[16,17]}}
            """;
        byte[] data = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 1];
        string oneLine = header.Replace("\n", "", StringComparison.Ordinal);
        Assert.Equal(WithHeader(oneLine.PadRight((oneLine.Length + 7) / 8 * 8), data), File.ReadAllBytes(_directory["file"]));
    }

    [Fact]
    public void A_file_without_tensors_is_read()
    {
        SafetensorsFile.Write(_directory["file"], []);
        Assert.Empty(SafetensorsFile.Read(_directory["file"]).Tensors);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7,
        "the header describes 8 bytes of data, the file has 7: the file is cut short")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9,
        "the header describes 8 bytes of data, the file has 9: something follows the data")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12,
        "tensor 'w' starts at byte 4 of the data, expected 0: tensors follow each other without gaps or overlap")]
    [InlineData("""{"v":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""", 7,
        "tensor 'w' starts at byte 3 of the data, expected 4: tensors follow each other without gaps or overlap")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8,
        "tensor 'w' has 8 bytes, which does not fit F32 of shape [3]")]
    [InlineData("""{"w":{"dtype":"U8","shape":[2147483647,2147483647,2147483647,2147483647],"data_offsets":[0,1]}}""", 1,
        "tensor 'w' has 1 bytes, which does not fit U8 of shape [2147483647, 2147483647, 2147483647, 2147483647]")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4,
        "tensor 'w' has extent '-1'; expects an integer from 0 to 2147483647")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4,
        "tensor 'w' has data_offsets '[4,0]'; expects [begin, end] with 0 <= begin <= end")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4,
        "tensor 'w' has dtype 'F8_E4M3'; F16, BF16, F32, F64, I64, I32 and U8 are supported")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'w' has no member dtype")]
    [InlineData("""{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0,
        "the header names 'w' twice")]
    [InlineData("""{"a\nb":7}""", 0, "tensor 'a\\u000ab' is not described by an object")]
    [InlineData("""{"\ud800":7}""", 0, "the header holds text that is not Unicode")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__ 'a' is not a string")]
    [InlineData("""{"w":}""", 0, "the header is not JSON (byte 5 of it): not a safetensors file, or a damaged one")]
    [InlineData("[]", 0, "the header does not start with '{': not a safetensors file, or a damaged one")]
    public void The_message_says_which_rule_of_the_format_a_file_breaks(string header, int dataLength, string problem)
    {
        CheckpointException thrown = Refused(WithHeader(header, new byte[dataLength]));
        Assert.Equal(problem, thrown.Problem);
    }

    [Fact]
    public void A_header_above_the_limit_of_the_format_is_refused_before_it_is_read()
    {
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 100_000_001);
        Assert.Contains("above the format's limit of 100000000", Refused(bytes).Problem, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Assert.Contains("above the format's limit of 100000000", Refused(bytes).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_directory_are_refused()
    {
        Assert.Equal("no such file", Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_directory["none"])).Problem);
        CheckpointException thrown = Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_directory.Root));
        Assert.Equal("is a directory, not a safetensors file", thrown.Problem);
    }

    [Fact]
    public void An_error_lists_the_existing_tensors_for_a_missing_one_and_the_needed_shape_for_a_wrong_one()
    {
        SafetensorsFile.Write(_directory["file"], [SafeTensor.Of("a", new float[6], 2, 3), SafeTensor.Of("b", [1.0f])]);
        SafetensorsFile file = SafetensorsFile.Read(_directory["file"]);
        Assert.False(file.TryFind("c", out _));
        CheckpointException missing = Assert.Throws<CheckpointException>(() => file.Find("c"));
        Assert.Equal($"{_directory["file"]}: has no tensor 'c'; it has 'a', 'b'", missing.Message);
        CheckpointException shape = Assert.Throws<CheckpointException>(() => file.Find("a", 3, 2));
        Assert.Equal($"{_directory["file"]}: tensor 'a' has shape [2, 3], but [3, 2] is needed", shape.Message);
    }

    [Fact]
    public void Two_tensors_with_the_same_name_are_refused_and_the_old_file_stays()
    {
        File.WriteAllText(_directory["file"], "old");
        SafeTensor tensor = SafeTensor.Of("w", [1.0f]);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(_directory["file"], [tensor, tensor]));
        Assert.StartsWith("two tensors are named 'w'", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(_directory["file"]));
    }

    // Up to seven tensors of the dtypes that can be created, with ranks from 0 to 3 and extents of 0 among them.
    private static SafeTensor[] Tensors(ulong seed)
    {
        RandomSequence random = new(seed, 0);
        SafeTensor[] tensors = new SafeTensor[random.Below(0, 8)];
        for (int i = 0; i < tensors.Length; i++)
        {
            RandomSequence own = random.At(i + 1);
            int[] shape = [.. Enumerable.Range(0, own.Below(0, 4)).Select(axis => own.Below((ulong)axis + 1, 5))];
            int count = shape.Aggregate(1, (product, extent) => product * extent);
            long[] values = [.. Enumerable.Range(0, count).Select(j => (long)own.Bits((ulong)j + 9))];
            string name = $"layer.{own.Below(5, 100)}.{i}";
            tensors[i] = own.Below(6, 4) switch
            {
                0 => SafeTensor.Of(name, Array.ConvertAll(values, value => BitConverter.Int32BitsToSingle((int)value)), shape),
                1 => SafeTensor.Of(name, Array.ConvertAll(values, BitConverter.Int64BitsToDouble), shape),
                2 => SafeTensor.Of(name, values, shape),
                _ => SafeTensor.Of(name, Array.ConvertAll(values, value => (byte)value), shape),
            };
        }

        return tensors;
    }

    private static byte[] WithHeader(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    private void ReadsOrIsRefused(byte[] bytes)
    {
        File.WriteAllBytes(_directory["file"], bytes);
        try
        {
            SafetensorsFile file = SafetensorsFile.Read(_directory["file"]);
            // An accepted file has no byte that belongs to no tensor.
            long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            Assert.Equal(bytes.Length, 8 + header + file.Tensors.Sum(tensor => (long)tensor.Data.Length));
        }
        catch (CheckpointException e)
        {
            IsOneLine(e);
        }
    }

    private CheckpointException Refused(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(_directory["file"], bytes);
        CheckpointException thrown = Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_directory["file"]));
        IsOneLine(thrown);
        return thrown;
    }

    private void IsOneLine(CheckpointException e)
    {
        Assert.StartsWith($"{_directory["file"]}: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message, e.Message.ReplaceLineEndings("|"));
    }
}
