// Sorts the positions of a minibatch by (row, position), so that each row finds its positions side by side and in ascending order. A
// bitonic network (Batcher, AFIPS 1968): its comparisons do not depend on the data, and it needs no atomics. Keys are a row in the upper
// half and a position in the lower half. Their number is a power of two; the keys at the end are the largest.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the sort.</summary>
internal static class SortKernels
{
    /// <summary>The number of keys that a group sorts in its shared memory. A power of two.</summary>
    public const int ChunkKeys = 1024;

    /// <summary>The number of threads of a group.</summary>
    public const int ChunkThreads = 256;

    /// <summary>keys[i] = (rows[i], i), or the largest key for an i beyond the positions.</summary>
    public static void MakeKeys(Index1D i, ArrayView<int> rows, ArrayView<long> keys, int positions) =>
        keys[i] = i < positions ? ((long)rows[i] << 32) | (uint)i.X : long.MaxValue;

    /// <summary>Runs the network from runs of <paramref name="firstRun"/> keys to runs of a chunk, each chunk by one group.</summary>
    public static void SortChunk(ArrayView<long> keys, int firstRun, int lastRun)
    {
        ArrayView<long> chunk = SharedMemory.Allocate<long>(ChunkKeys);
        int thread = Group.IdxX, start = Grid.IdxX * ChunkKeys;
        for (int i = thread; i < ChunkKeys; i += ChunkThreads)
            chunk[i] = keys[start + i];
        Group.Barrier();
        for (int run = firstRun; run <= lastRun; run <<= 1)
        {
            for (int distance = Math.Min(run, ChunkKeys) >> 1; distance > 0; distance >>= 1)
            {
                for (int i = thread; i < ChunkKeys / 2; i += ChunkThreads)
                {
                    int low = LowerOf(i, distance);
                    Order(chunk, low, low + distance, ((start + low) & run) == 0);
                }

                Group.Barrier();
            }
        }

        for (int i = thread; i < ChunkKeys; i += ChunkThreads)
            keys[start + i] = chunk[i];
    }

    /// <summary>One comparison of the network, at a distance of at least a chunk.</summary>
    public static void SortStep(Index1D i, ArrayView<long> keys, int run, int distance)
    {
        int low = LowerOf(i, distance);
        Order(keys, low, low + distance, (low & run) == 0);
    }

    // The lower key of comparison i: i with a zero inserted at the bit of the distance, a power of two.
    private static int LowerOf(int i, int distance) => ((i & ~(distance - 1)) << 1) | (i & (distance - 1));

    private static void Order(ArrayView<long> keys, int low, int high, bool ascending)
    {
        long a = keys[low], b = keys[high];
        bool swap = ascending ? a > b : b > a;
        keys[low] = swap ? b : a;
        keys[high] = swap ? a : b;
    }
}
