// Memory that a device owns, and the pieces of it that operations are given. Operations name slices and matrices,
// never pointers, so the same call works where the numbers live in the host's memory and where they do not.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>A block of a device's memory.</summary>
/// <typeparam name="T">What it holds.</typeparam>
public abstract class Storage<T>
    where T : unmanaged
{
    /// <summary>A block of <paramref name="length"/> elements.</summary>
    protected Storage(int length) => Length = length;

    /// <summary>How many elements the block holds.</summary>
    public int Length { get; }

    /// <summary>Copies elements from the device, from <paramref name="offset"/> on.</summary>
    public abstract void Read(int offset, Span<T> destination);

    /// <summary>Copies elements to the device, from <paramref name="offset"/> on.</summary>
    public abstract void Write(int offset, ReadOnlySpan<T> source);

    /// <summary>The whole block.</summary>
    public Slice<T> Slice() => new(this, 0, Length);

    /// <summary>A part of the block.</summary>
    public Slice<T> Slice(int offset, int length) => new(this, offset, length);
}

/// <summary>Host memory, zero at first, aligned to a cache line so that no vector load of a row straddles two.</summary>
/// <typeparam name="T">What it holds.</typeparam>
public sealed class HostStorage<T> : Storage<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly T[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> elements.</summary>
    public unsafe HostStorage(int length)
        : base(length)
    {
        // A pinned array never moves, so an aligned start stays aligned.
        int slack = Alignment / Unsafe.SizeOf<T>();
        _array = GC.AllocateArray<T>(checked(length + slack), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)((Alignment - (address % Alignment)) % Alignment) / Unsafe.SizeOf<T>();
        HostPages.Prepare(address, (nint)_array.Length * Unsafe.SizeOf<T>());
    }

    /// <summary>Puts zeros of at least <paramref name="length"/> elements in place of a storage that has fewer: room that is kept from call to call.</summary>
    internal static void Reserve(ref HostStorage<T> storage, long length)
    {
        if (storage.Length < length)
            storage = new HostStorage<T>(checked((int)length));
    }

    /// <summary>The elements.</summary>
    public Span<T> Span => _array.AsSpan(_start, Length);

    /// <inheritdoc/>
    public override void Read(int offset, Span<T> destination) => Span.Slice(offset, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public override void Write(int offset, ReadOnlySpan<T> source) => source.CopyTo(Span[offset..]);
}

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
            throw new ArgumentOutOfRangeException(nameof(length), $"elements {offset} to {offset + (long)length} are not inside a block of {storage.Length}");
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
            throw new ArgumentOutOfRangeException(nameof(length), $"elements {offset} to {offset + (long)length} are not inside a run of {Length}");
        return _storage is null ? default : new Slice<T>(_storage, Offset + offset, length);
    }

    /// <summary>The run in parts of a length, the last one shorter, in order: so a large one is read or written without a copy of all of it.</summary>
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

/// <summary>A matrix in a device's memory: rows one after another.</summary>
public readonly struct Matrix
{
    /// <summary>A matrix over a run of exactly rows x columns elements, or over the empty run where there is no matrix.</summary>
    /// <exception cref="ArgumentException">The run has another length, or an extent is negative.</exception>
    public Matrix(Slice<Real> values, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (values.Length != (long)rows * columns && !values.IsEmpty)
            throw new ArgumentException($"{values.Length} elements do not make a matrix of {rows} x {columns}", nameof(values));
        Values = values;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The elements, row by row.</summary>
    public Slice<Real> Values { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }
}
