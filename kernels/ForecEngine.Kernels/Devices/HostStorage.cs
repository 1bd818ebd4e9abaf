// A block of the host's memory.

namespace ForecEngine.Kernels;

/// <summary>Host memory, zero at first, aligned to a cache line so that no vector load of a row straddles two.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class HostStorage<T> : Storage<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly int _start;
    private T[] _array;

    /// <summary>Allocates <paramref name="length"/> elements.</summary>
    public unsafe HostStorage(int length)
        : base(length)
    {
        // A pinned array never moves, so an aligned start stays aligned.
        int slack = Math.Max(1, Alignment / Unsafe.SizeOf<T>());
        _array = GC.AllocateArray<T>(checked(length + slack), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)((Alignment - (address % Alignment)) % Alignment) / Unsafe.SizeOf<T>();
        HostPages.Prepare(address, (nint)_array.Length * Unsafe.SizeOf<T>());
    }

    /// <summary>Replaces a storage that is shorter than <paramref name="length"/> by a new one, filled with zeros.</summary>
    internal static void Reserve(ref HostStorage<T> storage, long length)
    {
        if (storage.Length < length)
            storage = new HostStorage<T>(checked((int)length));
    }

    /// <summary>The elements.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been freed.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_array.Length == 0, this);
            return _array.AsSpan(_start, Length);
        }
    }

    /// <inheritdoc/>
    public override void Read(int offset, Span<T> destination) => Span.Slice(offset, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public override void Write(int offset, ReadOnlySpan<T> source) => source.CopyTo(Span[offset..]);

    /// <inheritdoc/>
    public override void Free() => _array = [];
}
