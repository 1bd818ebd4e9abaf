// A part of a block of a device's memory: what operations are given.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>A run of elements in a device's memory.</summary>
/// <typeparam name="T">What it holds.</typeparam>
public readonly struct Slice<T>
    where T : unmanaged
{
    private readonly Storage<T>? _storage;

    /// <summary>The elements [offset, offset + length) of a block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run is not inside the block.</exception>
    public Slice(Storage<T> storage, int offset, int length)
    {
        if ((uint)offset > (uint)storage.Length || (uint)length > (uint)(storage.Length - offset))
            throw new ArgumentOutOfRangeException(
                nameof(length), $"elements {offset} to {offset + (long)length} are not inside a block of {storage.Length}");
        _storage = storage;
        Offset = offset;
        Length = length;
    }

    /// <summary>Where the run begins in its block.</summary>
    public int Offset { get; }

    /// <summary>How many elements it has.</summary>
    public int Length { get; }

    /// <summary>Whether there is nothing here: an operation leaves out what has no place to go.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The block that holds the run; none for the default, empty slice.</summary>
    public Storage<T>? Storage => _storage;

    /// <summary>The elements, where they are in the host's memory.</summary>
    /// <exception cref="InvalidOperationException">They are in the memory of another device.</exception>
    public Span<T> Span => _storage switch
    {
        null => [],
        HostStorage<T> host => host.Span.Slice(Offset, Length),
        _ => throw new InvalidOperationException("these elements are not in the host's memory; read them into a span of your own"),
    };

    /// <summary>
    /// Where the elements begin in the host's memory, which is pinned for its life: as long as anything holds the block. Null
    /// where there are none.
    /// </summary>
    internal unsafe T* Pointer => IsEmpty ? null : (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Span));

    /// <summary>A part of the run.</summary>
    public Slice<T> Part(int offset, int length)
    {
        if ((uint)offset > (uint)Length || (uint)length > (uint)(Length - offset))
            throw new ArgumentOutOfRangeException(
                nameof(length), $"elements {offset} to {offset + (long)length} are not inside a run of {Length}");
        return _storage is null ? default : new Slice<T>(_storage, Offset + offset, length);
    }

    /// <summary>
    /// Consecutive parts of a given length, the last one shorter, so that a large block can be read or written piece by piece.
    /// </summary>
    public IEnumerable<Slice<T>> Parts(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        for (int offset = 0; offset < Length; offset += Math.Min(length, Length - offset))
            yield return Part(offset, Math.Min(length, Length - offset));
    }

    /// <summary>Copies the run from its device.</summary>
    public void Read(Span<T> destination) => _storage?.Read(Offset, destination[..Length]);

    /// <summary>Copies <paramref name="source"/>, at most as long as the run, to its device.</summary>
    public void Write(ReadOnlySpan<T> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, Length);
        _storage?.Write(Offset, source);
    }
}
