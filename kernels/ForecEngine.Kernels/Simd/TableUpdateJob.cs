// An optimiser's step over an embedding table whose gradient is a set of rows. Chunks are runs of table rows (or of
// the gradient's rows, where only those move). A chunk walks its rows once, a few at a time: their gradients, 0 for most, are
// laid out side by side, and the rule sweeps over all of them with the widest vectors.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>One step of a rule over a table.</summary>
internal readonly unsafe struct TableUpdateJob<TRule> : IChunked
    where TRule : unmanaged, IUpdateRule
{
    private const int ChunkElements = 1 << 12;
    private const int PieceElements = 1 << 10;
    private const int TouchedElements = 1 << 8; // of each of the three tables; whole cache lines of them stay in the nearest cache

    private int ChunkRows => Math.Max(1, ChunkElements / Columns);

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
    public int Chunks => Columns == 0 ? 0 : ((TouchedOnly ? TouchedCount : Rows) + ChunkRows - 1) / ChunkRows;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int start = chunk * ChunkRows;
        if (TouchedOnly)
        {
            UpdateTouchedRows(start, Math.Min(TouchedCount, start + ChunkRows));
            return;
        }

        if (Columns <= PieceElements)
            UpdateRows(start, Math.Min(Rows, start + ChunkRows));
        else
            UpdateWideRows(start, Math.Min(Rows, start + ChunkRows));
    }

    // Touched rows lie far apart in tables that no cache holds. So they are not updated one after another, each waiting for
    // memory, but copied side by side - independent loads, many of which are under way at once - updated, and copied back.
    private void UpdateTouchedRows(int start, int end)
    {
        if (Columns > TouchedElements)
        {
            for (int i = start; i < end; i++)
                UpdateTouched(i);
            return;
        }

        Real* buffers = stackalloc Real[3 * TouchedElements];
        Real* p = buffers, m = M is null ? null : p + TouchedElements, v = V is null ? null : p + (2 * TouchedElements);
        int pieceRows = TouchedElements / Columns;
        for (int first = start; first < end; first += pieceRows)
        {
            int count = Math.Min(end - first, pieceRows);
            CopyTouched(first, count, p, m, v, toTable: false);
            Sweep.Over(new UpdateSweep<TRule>(Rule, p, m, v, Gradient + ((nint)first * Columns)), 0, count * Columns, Bits);
            CopyTouched(first, count, p, m, v, toTable: true);
        }
    }

    private void CopyTouched(int first, int count, Real* p, Real* m, Real* v, bool toTable)
    {
        for (int i = 0; i < count; i++)
        {
            int row = Touched[first + i];
            Copy(Row(Table, row), Row(p, i));
            if (m is not null)
                Copy(Row(M, row), Row(m, i));
            if (v is not null)
                Copy(Row(V, row), Row(v, i));
        }

        void Copy(Span<Real> ofTable, Span<Real> aside)
        {
            if (toTable)
                aside.CopyTo(ofTable);
            else
                ofTable.CopyTo(aside);
        }
    }

    private void UpdateRows(int start, int end)
    {
        Real* gradients = stackalloc Real[PieceElements];
        new Span<Real>(gradients, PieceElements).Clear();
        int pieceRows = PieceElements / Columns;
        int next = FirstTouched(start);
        for (int row = start; row < end; row += pieceRows)
        {
            int last = Math.Min(end, row + pieceRows), first = next;
            for (; next < TouchedCount && Touched[next] < last; next++)
                Row(Gradient, next).CopyTo(Row(gradients, Touched[next] - row));
            Real* piece = gradients - ((nint)row * Columns); // indexed like the table; inside gradients for the rows of the piece
            Sweep.Over(new UpdateSweep<TRule>(Rule, Table, M, V, piece), row * Columns, last * Columns, Bits);
            for (; first < next; first++)
                Row(gradients, Touched[first] - row).Clear();
        }
    }

    private void UpdateWideRows(int start, int end)
    {
        int next = FirstTouched(start);
        for (int row = start; row < end; row++)
        {
            if (next < TouchedCount && Touched[next] == row)
                UpdateTouched(next++);
            else
                Sweep.Over(new UpdateSweep<TRule>(Rule, Table, M, V, null), row * Columns, (row + 1) * Columns, Bits);
        }
    }

    private int FirstTouched(int row)
    {
        int next = new ReadOnlySpan<int>(Touched, TouchedCount).BinarySearch(row);
        return next < 0 ? ~next : next;
    }

    private Span<Real> Row(Real* rows, int row) => new(rows + ((nint)row * Columns), Columns);

    private void UpdateTouched(int index)
    {
        int start = Touched[index] * Columns;
        Real* gradient = Gradient + ((nint)index * Columns) - start; // indexed from the table's row on, like the table
        Sweep.Over(new UpdateSweep<TRule>(Rule, Table, M, V, gradient), start, start + Columns, Bits);
    }
}
