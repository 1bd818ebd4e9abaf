// Embedding lookup and its adjoint. Forward gathers rows of the table: y[b, c] = table[rows[b], c]. Backward sums the
// rows of dy that came from one row of the table. The positions of each row are grouped and sorted beforehand
// (RowGroups), so every sum has one owner and a fixed order: no atomics, the same bits on any number of threads. The
// table's gradient is a set of rows, never a table.

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of embedding lookup, one lane of one row at a time.</summary>
public static class EmbeddingRows
{
    /// <summary>y[row, column..] = table[rows[row], column..].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather<TLane, TMemory, TIndices>(TMemory table, TIndices rows, TMemory y, int columns, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TIndices : struct, IIndexMemory =>
        y.Store((row * columns) + column, table.Load((rows.Load(row) * columns) + column));

    /// <summary>table[rows[row], column..] = x[row, column..].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TLane, TMemory, TIndices>(TMemory x, TIndices rows, TMemory table, int columns, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TIndices : struct, IIndexMemory =>
        table.Store((rows.Load(row) * columns) + column, x.Load((row * columns) + column));

    /// <summary>The sum of dy[position, column..] over the positions of a group, in ascending order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane SumGroup<TLane, TMemory, TIndices>(
        TMemory dy, TIndices starts, TIndices positions, int columns, int group, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TIndices : struct, IIndexMemory
    {
        TLane sum = TLane.Broadcast(0);
        int end = starts.Load(group + 1);
        for (int i = starts.Load(group); i < end; i++)
            sum += dy.Load((positions.Load(i) * columns) + column);
        return sum;
    }
}
