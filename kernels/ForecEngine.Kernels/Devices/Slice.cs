// A part of a block of a device's memory. Operations take these as arguments.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>A range of elements in a device's memory.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public readonly struct Slice<T>
    where T : unmanaged
{
    private readonly Storage<T>? _storage;

    /// <summary>The elements [offset, offset + length) of a block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    public Slice(Storage<T> storage, int offset, int length)
    {
        if ((uint)offset > (uint)storage.Length || (uint)length > (uint)(storage.Length - offset))
            throw new ArgumentOutOfRangeException(
                nameof(length), $"elements {offset} to {offset + (long)length} are not inside a block of {storage.Length}");
        _storage = storage;
        Offset = offset;
        Length = length;
    }

    /// <summary>The index of its first element in the block.</summary>
    public int Offset { get; }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>Whether it has no elements; an operation skips an empty result.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The block; null for the default, empty slice.</summary>
    public Storage<T>? Storage => _storage;

    /// <summary>The elements, which must be in host memory.</summary>
    /// <exception cref="InvalidOperationException">They are in the memory of another device.</exception>
    public Span<T> Span => _storage switch
    {
        null => [],
        HostStorage<T> host => host.Span.Slice(Offset, Length),
        _ => throw new InvalidOperationException("these elements are not in the host's memory; copy them with Read"),
    };

    /// <summary>The address of the first element in pinned host memory, valid while the block is referenced. Null if empty.</summary>
    internal unsafe T* Pointer => IsEmpty ? null : (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Span));

    /// <summary>Whether another slice is of the same elements of the same block.</summary>
    internal bool IsSameAs(Slice<T> other) => _storage == other._storage && Offset == other.Offset && Length == other.Length;

    /// <summary>A part of this slice.</summary>
    public Slice<T> Part(int offset, int length)
    {
        if ((uint)offset > (uint)Length || (uint)length > (uint)(Length - offset))
            throw new ArgumentOutOfRangeException(
                nameof(length), $"elements {offset} to {offset + (long)length} are not inside a slice of {Length}");
        return _storage is null ? default : new Slice<T>(_storage, Offset + offset, length);
    }

    /// <summary>
    /// Consecutive parts of a given length, the last one possibly shorter, for reading or writing a large block in pieces.
    /// </summary>
    public IEnumerable<Slice<T>> Parts(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        for (int offset = 0; offset < Length; offset += Math.Min(length, Length - offset))
            yield return Part(offset, Math.Min(length, Length - offset));
    }

    /// <summary>Copies the elements to the host.</summary>
    public void Read(Span<T> destination) => _storage?.Read(Offset, destination[..Length]);

    /// <summary>Copies <paramref name="source"/>, at most as long as this slice, to the device.</summary>
    public void Write(ReadOnlySpan<T> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, Length);
        _storage?.Write(Offset, source);
    }
}
