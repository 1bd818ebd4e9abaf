// Embedding lookup and its adjoint. Forward gathers rows of the table: y[b, c] = table[rows[b], c]. Backward sums the rows of dy that
// belong to the same table row. Positions are first grouped by row (RowGroups). A group's sum starts at 0 and adds its positions in
// ascending order, without atomics, so the bits are the same on any number of threads. The gradient has only the rows that were looked up.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of embedding lookup, one lane at a time.</summary>
public static class EmbeddingRows
{
    /// <summary>y[row, column..] = table[rows[row], column..].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather<TLane, TMemory, TIndices>(TMemory table, TIndices rows, TMemory y, int columns, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TIndices : struct, IIndexMemory =>
        y.Store((row * columns) + column, table.Load((rows.Load(row) * columns) + column));

    /// <summary>gradient[groups[position], column..] += dy[position, column..]; called for position 0, 1, ... in order.</summary>
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
