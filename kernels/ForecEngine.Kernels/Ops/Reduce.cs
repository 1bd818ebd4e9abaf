// Sums in one canonical order, the same for every lane width. Partial sum j of eight adds the elements j, j + 8, j + 16, ...; the eight are
// added as ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)). A longer sum is cut into chunks of 4,096 elements, whose sums are added in index
// order. Eight floats are 256 bits: the scalar device keeps eight numbers, a 512-bit machine one 256-bit vector. The order depends on the
// data alone.

namespace ForecEngine.Kernels.Ops;

/// <summary>The canonical sum.</summary>
internal static class Reduce
{
    private const int Partials = 8;
    private const int Chunk = 4096;

    /// <summary>The sum of x[0..count), with eight partial sums per chunk.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="partial">Scratch of eight numbers, overwritten.</param>
    /// <param name="scalarX">The same elements as x, read one at a time.</param>
    /// <param name="scalarPartial">The same scratch as partial, one number at a time.</param>
    /// <param name="count">The number of elements.</param>
    public static Real Sum<TLane, TMemory, TScalarMemory>(
        TMemory x, TMemory partial, TScalarMemory scalarX, TScalarMemory scalarPartial, int count)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TScalarMemory : struct, IMemory<ScalarLane>
    {
        Real total = 0;
        for (int start = 0; start < count; start += Chunk)
            total += SumChunk<TLane, TMemory, TScalarMemory>(x, partial, scalarX, scalarPartial, start, Math.Min(count, start + Chunk));
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Real SumChunk<TLane, TMemory, TScalarMemory>(
        TMemory x, TMemory partial, TScalarMemory scalarX, TScalarMemory scalarPartial, int start, int end)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TScalarMemory : struct, IMemory<ScalarLane>
    {
        for (int j = 0; j < Partials; j += TLane.Width)
            partial.Store(j, TLane.Broadcast(0));

        int i = start;
        for (; i + Partials <= end; i += Partials)
        {
            for (int j = 0; j < Partials; j += TLane.Width)
                partial.Store(j, partial.Load(j) + x.Load(i + j));
        }

        for (int j = 0; i + j < end; j++)
            scalarPartial.Store(j, scalarPartial.Load(j) + scalarX.Load(i + j));

        return Pair(scalarPartial, 0) + Pair(scalarPartial, 2) + (Pair(scalarPartial, 1) + Pair(scalarPartial, 3));
    }

    private static Real Pair<TScalarMemory>(TScalarMemory partial, int j)
        where TScalarMemory : struct, IMemory<ScalarLane> =>
        (partial.Load(j) + partial.Load(j + (Partials / 2))).Value;
}
