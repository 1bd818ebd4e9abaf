// A named tensor of a checkpoint. Its data are the bytes of the file, little-endian and row-major, and are converted to and from
// arrays of numbers here.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace ForecEngine.Checkpoints;

/// <summary>A named array of numbers in a checkpoint, row-major.</summary>
public sealed class SafeTensor
{
    private const string NoFile = "a tensor in memory";
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

    /// <summary>The tensor under another name, which is not checked.</summary>
    internal SafeTensor(SafeTensor other, string name)
    {
        (Name, Dtype, Shape, Count, _file) = (name, other.Dtype, other.Shape, other.Count, other._file);
        (_data, _values) = (other._data, other._values);
    }

    /// <summary>The tensor under another name. The numbers are not copied.</summary>
    /// <exception cref="ArgumentException">The name is reserved or not Unicode.</exception>
    public SafeTensor Renamed(string name)
    {
        RequireName(name);
        return new(this, name);
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

    /// <summary>The size of its elements in bytes.</summary>
    public long Bytes => (long)Count * Dtype.Bytes();

    /// <summary>Passes <see cref="Data"/> to <paramref name="visit"/>, part by part.</summary>
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

    /// <summary>A tensor of the given shape of floats, doubles, longs or bytes; without extents it is a single number.</summary>
    /// <exception cref="ArgumentException">The shape and the number of values disagree, or the name is reserved or not Unicode.</exception>
    public static SafeTensor Of<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        Require(name, values.Length, shape);
        SafeDtype dtype = default(T) switch
        {
            float => SafeDtype.F32,
            double => SafeDtype.F64,
            long => SafeDtype.I64,
            byte => SafeDtype.U8,
            _ => throw new ArgumentException($"tensor {Quoted.Name(name)}: {typeof(T).Name} is not float, double, long or byte"),
        };
        byte[] data = new byte[checked(values.Length * dtype.Bytes())];
        LittleEndian<T>(MemoryMarshal.AsBytes(values), MemoryMarshal.Cast<byte, T>(data.AsSpan()));
        return new SafeTensor(name, dtype, shape.ToArray(), data, NoFile);
    }

    /// <summary>A tensor on a device. Its numbers are not copied here; <see cref="Data"/> reads them when it is called.</summary>
    /// <inheritdoc cref="Of{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})"/>
    public static SafeTensor Of(string name, Slice<Real> values, params ReadOnlySpan<int> shape)
    {
        Require(name, values.Length, shape);
        return new SafeTensor(name, values, shape.ToArray());
    }

    /// <summary>The elements of a floating-point tensor as floats; F64 is rounded.</summary>
    /// <exception cref="CheckpointException">The tensor holds integers.</exception>
    public float[] ToSingles()
    {
        float[] values = new float[Count];
        CopyTo(values.AsSpan());
        return values;
    }

    /// <summary>The elements of an I64 or I32 tensor.</summary>
    /// <exception cref="CheckpointException">The tensor does not hold integers.</exception>
    public long[] ToInt64s() => Dtype switch
    {
        SafeDtype.I64 => Elements<long>(),
        SafeDtype.I32 => Array.ConvertAll(Elements<int>(), value => (long)value),
        _ => throw Unsuitable("I64 or I32"),
    };

    /// <summary>Copies the elements of a floating-point tensor to <paramref name="destination"/>; F64 is rounded.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than <see cref="Count"/>.</exception>
    /// <exception cref="CheckpointException">The tensor holds integers.</exception>
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

    private static void RequireName(string name)
    {
        if (name == SafetensorsHeader.MetadataName)
            throw new ArgumentException($"the format reserves the name {name}; a tensor needs another name", nameof(name));
        if (!Quoted.IsUnicode(name))
            throw new ArgumentException($"tensor {Quoted.Name(name)}: the name is not Unicode text", nameof(name));
    }

    private static void Require(string name, int values, ReadOnlySpan<int> shape)
    {
        RequireName(name);
        long count = 1;
        foreach (int extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(shape));
            count = checked(count * extent);
        }

        if (count != values)
        {
            string problem = $"tensor {Quoted.Name(name)} of shape {Quoted.Shape(shape)} has {count} elements, but {values} are given";
            throw new ArgumentException(problem, nameof(values));
        }
    }

    private T[] Elements<T>()
        where T : unmanaged
    {
        T[] values = new T[Count];
        LittleEndian<T>(Data.Span, values);
        return values;
    }

    // Converts between the file's byte order and the machine's; the conversion is its own inverse.
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
            throw new ArgumentException($"tensor {Quoted.Name(Name)} has {Count} elements, but the destination has {length}");
    }

    private CheckpointException Unsuitable(string needed) =>
        new(_file, $"tensor {Quoted.Name(Name)} is {Dtype}, but {needed} is needed");
}
