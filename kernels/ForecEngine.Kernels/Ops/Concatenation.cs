// Two matrices side by side, y = [a, b], row by row; the adjoint of each is its own columns of dy.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of concatenation: columns copied into, and added back from, a wider matrix.</summary>
public static class Concatenation
{
    /// <summary>wide[row, start + column..] = narrow[row, column..].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TLane, TMemory>(TMemory narrow, int columns, TMemory wide, int wideColumns, int start, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        wide.Store((row * wideColumns) + start + column, narrow.Load((row * columns) + column));

    /// <summary>dnarrow[row, column..] += dwide[row, start + column..].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<TLane, TMemory>(
        TMemory dnarrow, int columns, TMemory dwide, int wideColumns, int start, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int i = (row * columns) + column;
        dnarrow.Store(i, dnarrow.Load(i) + dwide.Load((row * wideColumns) + start + column));
    }
}
