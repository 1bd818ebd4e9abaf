// Embedding lookup and its adjoint. Forward gathers rows of the table: y[b, c] = table[rows[b], c]. Backward sums the rows of dy that came
// from one row of the table. The positions are grouped by row beforehand (RowGroups), and a group's sum begins at 0 and goes over its
// positions in ascending order: no atomics, the same bits on any number of threads. The gradient is a set of rows, never a table.

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

    /// <summary>gradient[groups[position], column..] += dy[position, column..]; called position after position, from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddPosition<TLane, TMemory, TIndices>(
        TMemory dy, TIndices groups, TMemory gradient, int columns, int position, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TIndices : struct, IIndexMemory
    {
        int sum = (groups.Load(position) * columns) + column;
        gradient.Store(sum, gradient.Load(sum) + dy.Load((position * columns) + column));
    }
}
