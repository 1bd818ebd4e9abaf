// Sorts the positions of minibatches by (row, position), so that each row finds its positions side by side and in ascending order. A
// bitonic network (Batcher, AFIPS 1968): its comparisons do not depend on the data, and it needs no atomics. Keys are a row in the upper
// half and a position in the lower half. A minibatch's keys are a block, whose length is a power of two; the keys at its end are the
// largest. All blocks are sorted at once: the network ends at the length of a block, and its last merge is ascending in each.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The minibatches of a sort; see <see cref="MinibatchRows"/>.</summary>
internal readonly struct SortedMinibatches(in MinibatchRows rows, int blockBits)
{
    private readonly int _first = rows.First;
    private readonly int _passLength = rows.PassLength;
    private readonly int _batchSize = rows.BatchSize;
    private readonly int _count = rows.Count;
    private readonly int _blockBits = blockBits;

    /// <summary>The key at a place of the blocks.</summary>
    public long KeyAt(int place, ArrayView<int> rows)
    {
        int block = place >> _blockBits, position = place - (block << _blockBits);
        long start = MinibatchRows.Start(_first, _passLength, _batchSize);
        long from = MinibatchRows.Start(_first + block, _passLength, _batchSize);
        long next = MinibatchRows.Start(_first + block + 1, _passLength, _batchSize);
        return block < _count && from + position < next
            ? ((long)rows[(int)(from - start) + position] << 32) | (uint)position
            : long.MaxValue;
    }
}

/// <summary>The bodies of the sort.</summary>
internal static class SortKernels
{
    /// <summary>The number of keys that a group sorts in its shared memory. A power of two.</summary>
    public const int ChunkKeys = 1024;

    /// <summary>The number of threads of a group.</summary>
    public const int ChunkThreads = 256;

    /// <summary>Makes the keys of a chunk and sorts them, by one group, up to runs of a chunk or of a block if that is shorter.</summary>
    public static void SortRows(ArrayView<int> rows, SortedMinibatches minibatches, ArrayView<long> keys, int count, int block)
    {
        ArrayView<long> chunk = SharedMemory.Allocate<long>(ChunkKeys);
        int thread = Group.IdxX, start = Grid.IdxX * ChunkKeys;
        for (int i = thread; i < ChunkKeys; i += ChunkThreads)
            chunk[i] = minibatches.KeyAt(start + i, rows);
        Group.Barrier();
        Merge(chunk, thread, start, firstRun: 2, lastRun: Math.Min(block, ChunkKeys), block);
        for (int i = thread; i < ChunkKeys; i += ChunkThreads)
        {
            if (start + i < count)
                keys[start + i] = chunk[i];
        }
    }

    /// <summary>The rest of a merge of runs longer than a chunk, from the distance of half a chunk on, each chunk by one group.</summary>
    public static void MergeChunk(ArrayView<long> keys, int run, int block)
    {
        ArrayView<long> chunk = SharedMemory.Allocate<long>(ChunkKeys);
        int thread = Group.IdxX, start = Grid.IdxX * ChunkKeys;
        for (int i = thread; i < ChunkKeys; i += ChunkThreads)
            chunk[i] = keys[start + i];
        Group.Barrier();
        Merge(chunk, thread, start, run, run, block);
        for (int i = thread; i < ChunkKeys; i += ChunkThreads)
            keys[start + i] = chunk[i];
    }

    /// <summary>One comparison of the network, at a distance of at least a chunk.</summary>
    public static void SortStep(Index1D i, ArrayView<long> keys, int run, int distance, int block)
    {
        int low = LowerOf(i, distance);
        Order(keys, low, low + distance, IsAscending(low, run, block));
    }

    private static void Merge(ArrayView<long> chunk, int thread, int start, int firstRun, int lastRun, int block)
    {
        for (int run = firstRun; run <= lastRun; run <<= 1)
        {
            for (int distance = Math.Min(run, ChunkKeys) >> 1; distance > 0; distance >>= 1)
            {
                for (int i = thread; i < ChunkKeys / 2; i += ChunkThreads)
                {
                    int low = LowerOf(i, distance);
                    Order(chunk, low, low + distance, IsAscending(start + low, run, block));
                }

                Group.Barrier();
            }
        }
    }

    // The lower key of comparison i: i with a zero inserted at the bit of the distance, a power of two.
    private static int LowerOf(int i, int distance) => ((i & ~(distance - 1)) << 1) | (i & (distance - 1));

    private static bool IsAscending(int place, int run, int block) => run == block || (place & run) == 0;

    private static void Order(ArrayView<long> keys, int low, int high, bool ascending)
    {
        long a = keys[low], b = keys[high];
        bool swap = ascending ? a > b : b > a;
        keys[low] = swap ? b : a;
        keys[high] = swap ? a : b;
    }
}
