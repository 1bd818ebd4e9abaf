// The bodies that work a row at a time - embedding lookup, concatenation - bound to host pointers. The
// device has checked the shapes and that every index is a row of its table.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>A body over the lane of a row that begins at a column.</summary>
internal interface IRowBody
{
    /// <summary>Handles the columns [column, column + TLane.Width) of a row.</summary>
    void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>;
}

internal readonly unsafe struct GatherRow(Real* table, int* rows, Real* y, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        EmbeddingRows.Gather<TLane, HostMemory<TLane>, HostIndices>(new(table), new(rows), new(y), columns, row, column);
}

internal readonly unsafe struct CopyColumnsRow(Real* narrow, int columns, Real* wide, int wideColumns, int start) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        Concatenation.Forward<TLane, HostMemory<TLane>>(new(narrow), columns, new(wide), wideColumns, start, row, column);
}

internal readonly unsafe struct AddColumnsRow(Real* narrow, int columns, Real* wide, int wideColumns, int start) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        Concatenation.Backward<TLane, HostMemory<TLane>>(new(narrow), columns, new(wide), wideColumns, start, row, column);
}

/// <summary>Rows cut into chunks of about as many elements.</summary>
internal readonly struct RowJob<TBody>(TBody body, int rows, int columns, int bits) : IChunked
    where TBody : unmanaged, IRowBody
{
    private const int ChunkElements = 1 << 13;

    private readonly int _chunkRows = Math.Max(1, ChunkElements / Math.Max(1, columns));

    /// <summary>How many chunks there are.</summary>
    public int Chunks => (rows + _chunkRows - 1) / _chunkRows;

    /// <inheritdoc/>
    public void Run(int chunk, int worker)
    {
        int start = chunk * _chunkRows;
        RowSweep.Over(body, start, Math.Min(rows, start + _chunkRows), columns, bits);
    }
}

/// <summary>The loop over rows: with one width of lanes where the columns are whole lanes, else each row as a sweep.</summary>
internal static class RowSweep
{
    /// <summary>Runs <paramref name="body"/> over the rows [start, end) with vectors of at most <paramref name="bits"/> bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Over<TBody>(in TBody body, int start, int end, int columns, int bits)
        where TBody : unmanaged, IRowBody
    {
        if (bits >= 512 && columns % Lane512.Width == 0)
            With<TBody, Lane512>(body, start, end, columns);
        else if (bits >= 256 && columns % Lane256.Width == 0)
            With<TBody, Lane256>(body, start, end, columns);
        else if (columns % Lane128.Width == 0)
            With<TBody, Lane128>(body, start, end, columns);
        else
        {
            for (int row = start; row < end; row++)
                Sweep.Over(new OneRow<TBody>(body, row), 0, columns, bits);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // see Sweep.With
    private static void With<TBody, TLane>(TBody body, int start, int end, int columns)
        where TBody : unmanaged, IRowBody
        where TLane : struct, IHostLane<TLane>
    {
        if (columns == TLane.Width)
        {
            for (int row = start; row < end; row++)
                body.At<TLane>(row, 0);
            return;
        }

        for (int row = start; row < end; row++)
        {
            for (int column = 0; column < columns; column += TLane.Width)
                body.At<TLane>(row, column);
        }
    }

    private readonly struct OneRow<TBody>(TBody body, int row) : ISweep
        where TBody : unmanaged, IRowBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int i)
            where TLane : struct, IHostLane<TLane> =>
            body.At<TLane>(row, i);
    }
}
