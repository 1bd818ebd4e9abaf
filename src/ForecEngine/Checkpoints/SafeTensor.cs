// A named array of a checkpoint: its bytes as they stand in the file, little-endian, row after row, and the ways to
// make one of numbers and to get the numbers back.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using ForecEngine.Kernels;

namespace ForecEngine.Checkpoints;

/// <summary>A named array of numbers in a checkpoint, row-major.</summary>
public sealed class SafeTensor
{
    private const string NoFile = "a tensor of no file";
    private const string FloatingPoint = "F32, F64, F16 or BF16";

    private readonly string _file;
    private readonly ReadOnlyMemory<byte> _data;
    private readonly Slice<Real> _values;

    internal SafeTensor(string name, SafeDtype dtype, IReadOnlyList<int> shape, ReadOnlyMemory<byte> data, string file)
    {
        (Name, Dtype, Shape, _file) = (name, dtype, shape, file);
        (_data, Count) = (data, data.Length / dtype.Bytes());
    }

    private SafeTensor(string name, Slice<Real> values, IReadOnlyList<int> shape)
    {
        (Name, Dtype, Shape, _file) = (name, sizeof(Real) == sizeof(float) ? SafeDtype.F32 : SafeDtype.F64, shape, NoFile);
        (_values, Count) = (values, values.Length);
    }

    /// <summary>The tensor's name, such as <c>fc_layers.0.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafeDtype Dtype { get; }

    /// <summary>Its extents, outermost first; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Its elements, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Data
    {
        get
        {
            if (_values.IsEmpty)
                return _data;
            using MemoryStream all = new(checked((int)Bytes));
            VisitData(all.Write);
            return all.ToArray();
        }
    }

    /// <summary>The number of its elements: the product of <see cref="Shape"/>.</summary>
    public int Count { get; }

    /// <summary>How many bytes its elements have.</summary>
    public long Bytes => (long)Count * Dtype.Bytes();

    /// <summary>Hands <see cref="Data"/> on, one part after another.</summary>
    public void VisitData(Action<ReadOnlySpan<byte>> visit)
    {
        if (_values.IsEmpty)
        {
            visit(_data.Span);
            return;
        }

        Real[] values = new Real[Math.Min(Parameter.PartLength, Count)];
        byte[] bytes = new byte[values.Length * sizeof(Real)];
        foreach (Slice<Real> part in _values.Parts(Parameter.PartLength))
        {
            part.Read(values);
            LittleEndian<Real>(MemoryMarshal.AsBytes(values.AsSpan()), MemoryMarshal.Cast<byte, Real>(bytes.AsSpan()));
            visit(bytes.AsSpan(0, part.Length * sizeof(Real)));
        }
    }

    /// <summary>A tensor of floats (F32) of the given shape; no extents for a single number.</summary>
    /// <exception cref="ArgumentException">The shape and the number of values disagree, or the name is not a tensor's.</exception>
    public static SafeTensor Of(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Of(name, SafeDtype.F32, values, shape);

    /// <summary>A tensor of a device's numbers, which are not copied, but read when the tensor's data are asked for, as they are then.</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static SafeTensor Of(string name, Slice<Real> values, params ReadOnlySpan<int> shape)
    {
        Require(name, values.Length, shape);
        return new SafeTensor(name, values, shape.ToArray());
    }

    /// <summary>A tensor of doubles (F64).</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static SafeTensor Of(string name, ReadOnlySpan<double> values, params ReadOnlySpan<int> shape) =>
        Of(name, SafeDtype.F64, values, shape);

    /// <summary>A tensor of integers (I64).</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static SafeTensor Of(string name, ReadOnlySpan<long> values, params ReadOnlySpan<int> shape) =>
        Of(name, SafeDtype.I64, values, shape);

    /// <summary>A tensor of bytes (U8).</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static SafeTensor Of(string name, ReadOnlySpan<byte> values, params ReadOnlySpan<int> shape) =>
        Of(name, SafeDtype.U8, values, shape);

    /// <summary>The elements of a tensor of floating-point numbers as floats, F64 rounded.</summary>
    /// <exception cref="CheckpointException">The tensor is of integers.</exception>
    public float[] ToSingles()
    {
        float[] values = new float[Count];
        CopyTo(values.AsSpan());
        return values;
    }

    /// <summary>The elements of an I64 or I32 tensor.</summary>
    /// <exception cref="CheckpointException">The tensor is not of integers.</exception>
    public long[] ToInt64s() => Dtype switch
    {
        SafeDtype.I64 => Elements<long>(),
        SafeDtype.I32 => Array.ConvertAll(Elements<int>(), value => (long)value),
        _ => throw Unsuitable("I64 or I32"),
    };

    /// <summary>The bytes of a U8 tensor, read as UTF-8 text.</summary>
    /// <exception cref="CheckpointException">The tensor is not of bytes, or they are not UTF-8.</exception>
    public string ToText()
    {
        if (Dtype != SafeDtype.U8)
            throw Unsuitable("U8");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Data.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException(_file, $"tensor {Quoted.Name(Name)} is not UTF-8 text", e);
        }
    }

    /// <summary>Copies the elements of a tensor of floating-point numbers into <paramref name="destination"/>, F64 rounded.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than <see cref="Count"/>.</exception>
    /// <exception cref="CheckpointException">The tensor is of integers.</exception>
    public void CopyTo(Span<float> destination)
    {
        RequireLength(destination.Length);
        switch (Dtype)
        {
            case SafeDtype.F32:
                LittleEndian<float>(Data.Span, destination);
                break;
            case SafeDtype.F64:
                TensorPrimitives.ConvertTruncating<double, float>(Elements<double>(), destination);
                break;
            case SafeDtype.F16:
                TensorPrimitives.ConvertToSingle(Elements<Half>(), destination);
                break;
            case SafeDtype.BF16:
                ushort[] halves = Elements<ushort>();
                for (int i = 0; i < halves.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            default:
                throw Unsuitable(FloatingPoint);
        }
    }

    /// <inheritdoc cref="CopyTo(Span{float})"/>
    public void CopyTo(Span<double> destination)
    {
        RequireLength(destination.Length);
        if (Dtype == SafeDtype.F64)
            LittleEndian<double>(Data.Span, destination);
        else
            TensorPrimitives.ConvertTruncating<float, double>(ToSingles(), destination);
    }

    private static SafeTensor Of<T>(string name, SafeDtype dtype, ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        Require(name, values.Length, shape);
        byte[] data = new byte[checked(values.Length * dtype.Bytes())];
        LittleEndian<T>(MemoryMarshal.AsBytes(values), MemoryMarshal.Cast<byte, T>(data.AsSpan()));
        return new SafeTensor(name, dtype, shape.ToArray(), data, NoFile);
    }

    private static void Require(string name, int values, ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == SafetensorsHeader.MetadataName)
            throw new ArgumentException($"{name} is the format's own name, a tensor needs another", nameof(name));
        if (!Quoted.IsUnicode(name))
            throw new ArgumentException("a tensor's name is Unicode text; this has half a surrogate pair", nameof(name));
        long count = 1;
        foreach (int extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(shape));
            count = checked(count * extent);
        }

        if (count != values)
            throw new ArgumentException($"tensor {Quoted.Name(name)} of shape {Quoted.Shape(shape)} has {count} elements, {values} are given", nameof(values));
    }

    private T[] Elements<T>()
        where T : unmanaged
    {
        T[] values = new T[Count];
        LittleEndian<T>(Data.Span, values);
        return values;
    }

    // The copy between the file's order of bytes and the machine's, which is the same both ways.
    private static void LittleEndian<T>(ReadOnlySpan<byte> source, Span<T> destination)
        where T : unmanaged
    {
        source.CopyTo(MemoryMarshal.AsBytes(destination));
        if (BitConverter.IsLittleEndian)
            return;
        for (int i = 0; i < destination.Length; i++)
            MemoryMarshal.AsBytes(destination.Slice(i, 1)).Reverse();
    }

    private void RequireLength(int length)
    {
        if (length != Count)
            throw new ArgumentException($"tensor {Quoted.Name(Name)} has {Count} elements, there is room for {length}");
    }

    private CheckpointException Unsuitable(string needed) =>
        new(_file, $"tensor {Quoted.Name(Name)} is {Dtype}, {needed} is needed");
}
