// An optimiser's step over an embedding table whose gradient is a set of rows. Chunks are runs of table rows (or of
// the gradient's rows, where only those move). A chunk walks its rows once: runs without a gradient are swept as one
// piece with gradient 0, touched rows between them with theirs.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>One step of a rule over a table.</summary>
internal readonly unsafe struct TableUpdateJob<TRule> : IChunked
    where TRule : unmanaged, IUpdateRule
{
    private const int ChunkRows = 1 << 11;

    public required TRule Rule { get; init; }
    public required Real* Table { get; init; }
    public required Real* M { get; init; }
    public required Real* V { get; init; }
    public required int* Touched { get; init; }
    public required Real* Gradient { get; init; }
    public required int TouchedCount { get; init; }
    public required int Rows { get; init; }
    public required int Columns { get; init; }
    public required bool TouchedOnly { get; init; }
    public required int Bits { get; init; }

    /// <summary>How many chunks there are.</summary>
    public int Chunks => ((TouchedOnly ? TouchedCount : Rows) + ChunkRows - 1) / ChunkRows;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int start = chunk * ChunkRows;
        if (TouchedOnly)
        {
            int last = Math.Min(TouchedCount, start + ChunkRows);
            for (int i = start; i < last; i++)
                UpdateTouched(i);
            return;
        }

        int end = Math.Min(Rows, start + ChunkRows);
        ReadOnlySpan<int> touched = new(Touched, TouchedCount);
        int next = touched.BinarySearch(start);
        next = next < 0 ? ~next : next;
        int row = start;
        for (; next < TouchedCount && Touched[next] < end; next++)
        {
            UpdateUntouched(row, Touched[next]);
            UpdateTouched(next);
            row = Touched[next] + 1;
        }

        UpdateUntouched(row, end);
    }

    private void UpdateUntouched(int from, int to) =>
        Sweep.Over(new UpdateSweep<TRule>(Rule, Table, M, V, null), from * Columns, to * Columns, Bits);

    private void UpdateTouched(int index)
    {
        int start = Touched[index] * Columns;
        Real* gradient = Gradient + ((nint)index * Columns) - start; // indexed from the table's row on, like the table
        Sweep.Over(new UpdateSweep<TRule>(Rule, Table, M, V, gradient), start, start + Columns, Bits);
    }
}
