// Memory of an accelerator.

using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>A block of an accelerator's memory.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class GpuStorage<T> : Storage<T>, IDisposable
    where T : unmanaged
{
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _buffer;

    /// <summary>Allocates zeros.</summary>
    internal GpuStorage(Accelerator accelerator, int length)
        : base(length)
    {
        // Drivers refuse to allocate 0 bytes.
        _buffer = accelerator.Allocate1D<T>(Math.Max(1, length));
        _buffer.MemSetToZero();
    }

    /// <summary>The accelerator whose memory it is.</summary>
    internal Accelerator Accelerator => _buffer.Accelerator;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    public override void Read(int offset, Span<T> destination)
    {
        ArrayView<T> source = View(Slice(offset, destination.Length));
        if (!destination.IsEmpty)
            source.CopyToCPU(destination);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the block.</exception>
    public override void Write(int offset, ReadOnlySpan<T> source)
    {
        ArrayView<T> destination = View(Slice(offset, source.Length));
        if (!source.IsEmpty)
            destination.CopyFromCPU(source);
    }

    /// <summary>A part of the block for kernels. The slice has checked the bounds; ILGPU checks none in a release build.</summary>
    internal ArrayView<T> View(Slice<T> slice) => _buffer.View.BaseView.SubView(slice.Offset, slice.Length);

    /// <inheritdoc/>
    public override void Free() => _buffer.Dispose();

    /// <inheritdoc/>
    public void Dispose() => Free();
}
