// A sweep runs a body over rows of lanes, with the widest vectors first and narrower ones for the rest, down to single numbers. Lanes agree
// bit for bit, so a result does not depend on where the width changes. An elementwise operation is one row.

using System.Runtime.Intrinsics;

namespace ForecEngine.Kernels.Simd;

/// <summary>A body that handles one lane of a row. The caller has checked that every pointer covers the sweep.</summary>
internal interface ISweep
{
    /// <summary>Handles the columns [column, column + TLane.Width) of a row.</summary>
    void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>;
}

/// <summary>The loops over lanes of each width.</summary>
internal static class Sweep
{
    /// <summary>The width in bits of the widest vectors that this machine accelerates: 512, 256 or 128.</summary>
    public static int WidestBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Runs a body over the columns [start, end) of a row with vectors of at most <paramref name="bits"/> bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Over<TBody>(in TBody body, int start, int end, int bits, int row = 0)
        where TBody : struct, ISweep
    {
        int i = start;
        if (bits >= 512)
            i = Lanes<TBody, Lane512>(body, row, i, end);
        if (bits >= 256 && i < end)
            i = Lanes<TBody, Lane256>(body, row, i, end);
        if (i < end)
            i = Lanes<TBody, Lane128>(body, row, i, end);
        if (i < end)
            Lanes<TBody, ScalarLane>(body, row, i, end);
    }

    /// <summary>Runs a body over all columns of the rows [start, end), with one vector width if it divides the columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rows<TBody>(in TBody body, int start, int end, int columns, int bits)
        where TBody : struct, ISweep
    {
        if (bits >= 512 && columns % Lane512.Width == 0)
            WholeRows<TBody, Lane512>(body, start, end, columns);
        else if (bits >= 256 && columns % Lane256.Width == 0)
            WholeRows<TBody, Lane256>(body, start, end, columns);
        else if (columns % Lane128.Width == 0)
            WholeRows<TBody, Lane128>(body, start, end, columns);
        else
        {
            for (int row = start; row < end; row++)
                Over(body, 0, columns, bits, row);
        }
    }

    // The loops are not inlined, because several widths in one method would exceed the compiler's limit of local variables for inlining. A
    // body is passed by value: no store in the loop can change the copy, so its fields stay in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Lanes<TBody, TLane>(TBody body, int row, int start, int end)
        where TBody : struct, ISweep
        where TLane : struct, IHostLane<TLane>
    {
        int column = start;
        for (; column <= end - TLane.Width; column += TLane.Width)
            body.At<TLane>(row, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WholeRows<TBody, TLane>(TBody body, int start, int end, int columns)
        where TBody : struct, ISweep
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
}

/// <summary>A sweep cut into chunks of about equal size: a single row by columns, several rows by rows.</summary>
internal readonly struct SweepJob<TBody>(TBody body, int rows, int columns, int bits) : IChunked
    where TBody : unmanaged, ISweep
{
    private const int ChunkElements = 1 << 14;

    private readonly int _chunkRows = Math.Max(1, ChunkElements / Math.Max(1, columns));

    /// <summary>The number of chunks.</summary>
    public int Chunks => rows == 1 ? (int)(((long)columns + ChunkElements - 1) / ChunkElements) : (rows + _chunkRows - 1) / _chunkRows;

    public void Run(int chunk, int worker)
    {
        int start = chunk * (rows == 1 ? ChunkElements : _chunkRows);
        if (rows == 1)
            Sweep.Over(body, start, (int)Math.Min(columns, (long)start + ChunkElements), bits);
        else
            Sweep.Rows(body, start, Math.Min(rows, start + _chunkRows), columns, bits);
    }
}
