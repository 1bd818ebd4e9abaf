// Finds the best K scores of each row. A group of 256 threads takes a row, and thread t keeps the best score of its columns t, t + 256, ...
// that has not been taken yet. K times, a tree in shared memory finds the best of the threads' scores, and the thread that had it looks for
// its next one. Keys order scores as the host does: the upper half has the score's bits, made to order like unsigned numbers, and the lower
// half the rank. Ranks are distinct, and so are keys.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the selection.</summary>
internal static class SelectionKernels
{
    private const int Threads = ReductionKernels.Threads;
    private const uint Sign = 0x80000000;
    private const uint NegativeInfinity = 0xFF800000;
    private const uint PositiveInfinity = 0x7F800000;

    /// <summary>Overwrites a row of the best columns and scores.</summary>
    public static void TopK(
        ArrayView<float> scores, ArrayView<int> ranks, ArrayView<int> bestItems, ArrayView<float> bestScores, int columns, int most)
    {
        ArrayView<ulong> keys = SharedMemory.Allocate<ulong>(Threads);
        int thread = Group.IdxX, row = Grid.IdxX, start = row * columns;
        int mine = Next(scores, ranks, start, thread, columns, ulong.MaxValue);
        ulong key = mine < 0 ? 0ul : KeyOf(scores[start + mine], ranks[mine]);
        for (int place = row * most; place < (row + 1) * most; place++)
        {
            keys[thread] = key;
            Group.Barrier();
            for (int half = Threads / 2; half > 0; half >>= 1)
            {
                if (thread < half && keys[thread + half] > keys[thread])
                    keys[thread] = keys[thread + half];
                Group.Barrier();
            }

            ulong best = keys[0];
            Group.Barrier(); // before a thread overwrites it
            if (best == 0 && thread == 0)
            {
                bestItems[place] = -1;
                bestScores[place] = Interop.IntAsFloat(NegativeInfinity);
            }

            if (best != 0 && best == key)
            {
                bestItems[place] = mine;
                bestScores[place] = scores[start + mine];
                mine = Next(scores, ranks, start, thread, columns, best);
                key = mine < 0 ? 0ul : KeyOf(scores[start + mine], ranks[mine]);
            }
        }
    }

    // The thread's column with the greatest key below a bound; -1 if there is none.
    private static int Next(ArrayView<float> scores, ArrayView<int> ranks, int start, int thread, int columns, ulong bound)
    {
        int found = -1;
        ulong greatest = 0;
        for (int column = thread; column < columns; column += Threads)
        {
            ulong key = KeyOf(scores[start + column], ranks[column]);
            if (key > greatest && key < bound)
            {
                greatest = key;
                found = column;
            }
        }

        return found;
    }

    // 0 for NaN and negative infinity, which are never taken. Negative zero has the key of zero, since they are equal.
    private static ulong KeyOf(float score, int rank)
    {
        uint bits = Interop.FloatAsInt(score);
        bits = bits == Sign ? 0 : bits;
        bool mayBeTaken = (bits & ~Sign) <= PositiveInfinity && bits != NegativeInfinity;
        uint order = (bits & Sign) != 0 ? ~bits : bits | Sign; // descending bits of negative numbers are ascending numbers
        return mayBeTaken ? ((ulong)order << 32) | (uint)rank : 0ul;
    }
}
