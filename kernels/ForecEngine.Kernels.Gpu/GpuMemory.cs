// A device's memory, cut from a few large blocks, so that growing a tensor costs no call of the driver. Small tensors have a block of their
// own: a kernel over many of them takes one view of the block and offsets, since OpenCL has no pointers inside buffers.

using System.Collections.Concurrent;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Allocates ranges of a device's memory: the first free range that is long enough.</summary>
/// <param name="allocate">Allocates a block of a number of bytes.</param>
/// <param name="clear">Sets a range to zeros.</param>
internal sealed class GpuMemory(Func<long, MemoryBuffer1D<byte, Stride1D.Dense>> allocate, Action<ArrayView<byte>> clear)
{
    /// <summary>The alignment of the start of every range, in bytes.</summary>
    public const int Alignment = 256;

    private const long LeastBlock = 64 << 20;
    private const long SmallBlock = 64 << 20; // thousands of layers, so that a second one, which the fused step cannot use, is not needed
    private const long MostSmall = 64 << 10;

    private readonly List<Block> _large = [];
    private readonly List<Block> _small = [];
    private readonly ConcurrentQueue<GpuRange> _unreferenced = new();

    /// <summary>A range of zeros.</summary>
    /// <exception cref="DeviceException">The range does not fit in the device's memory.</exception>
    public GpuRange Allocate(long bytes)
    {
        bytes = Math.Max(Alignment, (bytes + Alignment - 1) / Alignment * Alignment);
        FreeUnreferenced();
        (List<Block> blocks, long least) = bytes <= MostSmall ? (_small, SmallBlock) : (_large, LeastBlock);
        if (Allocated(blocks, bytes) is { } range)
            return range;
        // The garbage collector does not know how much memory a small object on the host keeps here.
        if (blocks.Count > 0 && Collect() && Allocated(blocks, bytes) is { } freed)
            return freed;
        Block added = new(NewBlock(bytes, least));
        blocks.Add(added);
        return Zeros(added, 0, added.TryTake(bytes) is 0 ? bytes : throw new InvalidOperationException("a new block is not free"));
    }

    /// <summary>The bytes of all blocks.</summary>
    public long Bytes => _large.Concat(_small).Sum(block => block.Whole.Length);

    /// <summary>The block of the first small tensors; null before there are any.</summary>
    public Block? Small => _small.Count > 0 ? _small[0] : null;

    /// <summary>Frees a range. Operations that were called before may still use it: the device runs them first.</summary>
    public static void Free(GpuRange range) => range.Block.Free(range.Start, range.Bytes);

    /// <summary>Frees a range at the next allocation; any thread may call it.</summary>
    public void FreeLater(GpuRange range) => _unreferenced.Enqueue(range);

    private bool Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return FreeUnreferenced();
    }

    private bool FreeUnreferenced()
    {
        bool any = false;
        for (; _unreferenced.TryDequeue(out GpuRange range); any = true)
            Free(range);
        return any;
    }

    private GpuRange? Allocated(List<Block> blocks, long bytes)
    {
        foreach (Block block in blocks)
        {
            if (block.TryTake(bytes) is { } start)
                return Zeros(block, start, bytes);
        }

        return null;
    }

    // Where no block of the usual size fits, one of the needed size may.
    private MemoryBuffer1D<byte, Stride1D.Dense> NewBlock(long bytes, long least)
    {
        if (bytes >= least)
            return allocate(bytes);
        try
        {
            return allocate(least);
        }
        catch (DeviceException error) when (error.Fault == DeviceFault.OutOfMemory)
        {
            return allocate(bytes);
        }
    }

    private GpuRange Zeros(Block block, long start, long bytes)
    {
        clear(block.View(start, bytes));
        return new GpuRange(block, start, bytes);
    }

    /// <summary>A block and its free ranges, in ascending order; no two of them touch.</summary>
    internal sealed class Block(MemoryBuffer1D<byte, Stride1D.Dense> buffer)
    {
        private readonly SortedList<long, long> _free = new() { [0] = buffer.Length }; // start and length

        /// <summary>All of the block.</summary>
        public ArrayView<byte> Whole => buffer.View.BaseView;

        public ArrayView<byte> View(long start, long bytes) => buffer.View.BaseView.SubView(start, bytes);

        public long? TryTake(long bytes)
        {
            for (int i = 0; i < _free.Count; i++)
            {
                (long start, long length) = (_free.GetKeyAtIndex(i), _free.GetValueAtIndex(i));
                if (length < bytes)
                    continue;
                _free.RemoveAt(i);
                if (length > bytes)
                    _free.Add(start + bytes, length - bytes);
                return start;
            }

            return null;
        }

        public void Free(long start, long bytes)
        {
            _free.Add(start, bytes);
            int place = _free.IndexOfKey(start);
            if (place + 1 < _free.Count && start + bytes == _free.GetKeyAtIndex(place + 1))
            {
                _free.SetValueAtIndex(place, bytes + _free.GetValueAtIndex(place + 1));
                _free.RemoveAt(place + 1);
            }

            if (place > 0 && _free.GetKeyAtIndex(place - 1) + _free.GetValueAtIndex(place - 1) == start)
            {
                _free.SetValueAtIndex(place - 1, _free.GetValueAtIndex(place - 1) + _free.GetValueAtIndex(place));
                _free.RemoveAt(place);
            }
        }
    }
}

/// <summary>A range of a block.</summary>
internal readonly record struct GpuRange(GpuMemory.Block Block, long Start, long Bytes);
