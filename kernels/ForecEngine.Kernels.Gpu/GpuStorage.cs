// A tensor's memory on an accelerator.

using System.Runtime.CompilerServices;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>A block of an accelerator's memory.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
internal sealed class GpuStorage<T> : Storage<T>
    where T : unmanaged
{
    private readonly GpuRange _range;
    private bool _freed;

    /// <summary>Allocates zeros.</summary>
    /// <exception cref="NotSupportedException">The size of an element does not divide the alignment of memory.</exception>
    public GpuStorage(GpuDevice device, int length)
        : base(length)
    {
        // ILGPU 1.5.3 rounds the start of a view that is cast to larger elements down to a multiple of their size, without a message.
        if (GpuMemory.Alignment % Unsafe.SizeOf<T>() != 0)
            throw new NotSupportedException($"elements of {Unsafe.SizeOf<T>()} bytes; expects a power of two up to {GpuMemory.Alignment}");
        Device = device;
        _range = device.Memory.Allocate((long)length * Unsafe.SizeOf<T>());
    }

    /// <summary>Frees memory that nobody references any more.</summary>
    ~GpuStorage()
    {
        if (!_freed && _range.Bytes > 0)
            Device.Memory.FreeLater(_range);
    }

    /// <summary>The device whose memory it is.</summary>
    public GpuDevice Device { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    public override void Read(int offset, Span<T> destination)
    {
        Device.FinishGradients();
        ArrayView<T> source = View(Slice(offset, destination.Length));
        if (!destination.IsEmpty)
            Device.Queue.Read(source, destination);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    public override void Write(int offset, ReadOnlySpan<T> source)
    {
        Device.FinishGradients();
        ArrayView<T> destination = View(Slice(offset, source.Length));
        if (!source.IsEmpty)
            Device.Queue.Write(source, destination);
    }

    /// <summary>A part of the block for kernels. The slice has checked the bounds; ILGPU checks none in a release build.</summary>
    public ArrayView<T> View(Slice<T> slice)
    {
        ObjectDisposedException.ThrowIf(_freed, this);
        long start = _range.Start + ((long)slice.Offset * Unsafe.SizeOf<T>()), bytes = (long)slice.Length * Unsafe.SizeOf<T>();
        return _range.Block.View(start, bytes).Cast<T>();
    }

    /// <summary>The offset of an element in the block of small tensors, in elements; -1 if the storage is elsewhere.</summary>
    public int OffsetInSmall(int element) =>
        _range.Block == Device.Memory.Small ? checked((int)(_range.Start / Unsafe.SizeOf<T>()) + element) : -1;

    /// <inheritdoc/>
    public override void Free()
    {
        if (_freed)
            return;
        _freed = true;
        GpuMemory.Free(_range);
    }
}
