// A block of a device's memory. Operations name parts of it (Slice, Matrix), never pointers, so the same call works where the
// numbers are in the host's memory and where they are not.

namespace ForecEngine.Kernels;

/// <summary>A block of a device's memory.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public abstract class Storage<T>
    where T : unmanaged
{
    /// <summary>A block of <paramref name="length"/> elements.</summary>
    protected Storage(int length) => Length = length;

    /// <summary>How many elements the block holds.</summary>
    public int Length { get; }

    /// <summary>Copies elements from the device to the host, from <paramref name="offset"/> on.</summary>
    public abstract void Read(int offset, Span<T> destination);

    /// <summary>Copies elements from the host to the device, from <paramref name="offset"/> on.</summary>
    public abstract void Write(int offset, ReadOnlySpan<T> source);

    /// <summary>Frees the memory now rather than when nothing refers to the block any more. The block is of no use afterwards.</summary>
    public abstract void Free();

    /// <summary>The whole block.</summary>
    public Slice<T> Slice() => new(this, 0, Length);

    /// <summary>A part of the block.</summary>
    public Slice<T> Slice(int offset, int length) => new(this, offset, length);
}
