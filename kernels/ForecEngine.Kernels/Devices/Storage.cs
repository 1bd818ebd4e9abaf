// A block of a device's memory. Operations take parts of it (Slice, Matrix), never pointers, so the same call works for host memory and for
// a GPU's.

namespace ForecEngine.Kernels;

/// <summary>A block of a device's memory.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public abstract class Storage<T>
    where T : unmanaged
{
    /// <summary>A block of <paramref name="length"/> elements.</summary>
    protected Storage(int length) => Length = length;

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>Copies elements from the device to the host, from <paramref name="offset"/> on.</summary>
    public abstract void Read(int offset, Span<T> destination);

    /// <summary>Copies elements from the host to the device, from <paramref name="offset"/> on.</summary>
    public abstract void Write(int offset, ReadOnlySpan<T> source);

    /// <summary>Frees the memory now rather than at garbage collection. The block cannot be used afterwards.</summary>
    public abstract void Free();

    /// <summary>The whole block.</summary>
    public Slice<T> Slice() => new(this, 0, Length);

    /// <summary>A part of the block.</summary>
    public Slice<T> Slice(int offset, int length) => new(this, offset, length);
}
