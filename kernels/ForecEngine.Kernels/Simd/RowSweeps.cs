// The bodies that work a row at a time - embedding lookup, its adjoint, concatenation - bound to host pointers. The
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

internal readonly unsafe struct SumGroupRow(Real* dy, int* starts, int* positions, Real* gradient, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        EmbeddingRows.SumGroup<TLane, HostMemory<TLane>, HostIndices>(new(dy), new(starts), new(positions), new(gradient), columns, row, column);
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
    public void Run(int chunk)
    {
        int end = Math.Min(rows, (chunk + 1) * _chunkRows);
        for (int row = chunk * _chunkRows; row < end; row++)
            Sweep.Over(new OneRow(body, row), 0, columns, bits);
    }

    private readonly struct OneRow(TBody body, int row) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int i)
            where TLane : struct, IHostLane<TLane> =>
            body.At<TLane>(row, i);
    }
}
