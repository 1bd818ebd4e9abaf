// A table in a visit to a market (MarketVisitor). The inner step adapts copies of the rows that the support samples look up. A query sample
// reads the adapted copy of its row if there is one, and otherwise the row of the table.

namespace ForecEngine.Kernels.Fused;

/// <summary>The rows that a visit's samples look up in all tables of one kind: users', items' or markets'.</summary>
internal sealed unsafe class AdaptedRows
{
    private HostStorage<int> _own = new(0);
    private RowRanking _ranking;

    /// <summary>The support samples' rows, grouped.</summary>
    public RowGroups Groups { get; } = new();

    /// <summary>The support samples' rows.</summary>
    public RowIds Support { get; private set; }

    /// <summary>The query samples' rows.</summary>
    public RowIds Query { get; private set; }

    /// <summary>0, 1, 2, ...: the row numbers of a table with one row per query sample.</summary>
    public int* Own => _own.Slice().Pointer;

    /// <summary>Sets the rows of a visit.</summary>
    public void Reserve(RowIds support, RowIds query)
    {
        (Support, Query) = (support, query);
        _ranking = Groups.Begin(support.Values.Span);
        if (_own.Length >= query.Count)
            return;
        _own = new HostStorage<int>(query.Count);
        for (int i = 0; i < query.Count; i++)
            _own.Span[i] = i;
    }

    /// <summary>Groups the support samples' rows.</summary>
    public void Rank() => _ranking.Run();
}

/// <summary>A table in a visit.</summary>
/// <param name="table">The table.</param>
/// <param name="rows">The rows that samples look up.</param>
/// <param name="adapts">Whether the inner step updates it.</param>
internal sealed unsafe class AdaptedTable(NetworkTable table, AdaptedRows rows, bool adapts)
{
    private readonly int _columns = table.Value.Columns;
    private HostStorage<Real> _adjoint = new(0), _gradient = new(0), _adapted = new(0), _seen = new(0);
    private int _addedPosition;
    private int _queryPosition;

    /// <summary>Allocates memory, and adds the visit's positions to the table's gradient.</summary>
    public void Prepare(bool addsSupport)
    {
        _addedPosition = table.Gradient?.Rows.Count ?? 0;
        if (addsSupport)
            table.Gradient?.Append(rows.Support);
        _queryPosition = table.Gradient?.Rows.Count ?? 0;
        table.Gradient?.Append(rows.Query);
        if (!adapts)
            return;
        long support = (long)rows.Support.Count * _columns;
        HostStorage<Real>.Reserve(ref _adjoint, support);
        HostStorage<Real>.Reserve(ref _gradient, support);
        HostStorage<Real>.Reserve(ref _adapted, support);
        HostStorage<Real>.Reserve(ref _seen, (long)rows.Query.Count * _columns);
    }

    /// <summary>Sets the memory that the passes write adjoints to and that the query pass reads.</summary>
    public void Place(ref TablePointers support, ref TablePointers added, ref TablePointers query)
    {
        if (table.Gradient is { } gradient)
        {
            Real* positions = gradient.Values.Values.Pointer;
            added.Adjoint = positions + ((nint)_addedPosition * _columns);
            query.Adjoint = positions + ((nint)_queryPosition * _columns);
        }

        if (adapts)
        {
            support.Adjoint = _adjoint.Slice().Pointer;
            query.Value = _seen.Slice().Pointer;
            query.Rows = rows.Own;
        }
    }

    /// <summary>Updates copies of the rows, and gathers the rows that the query samples read.</summary>
    public void Adapt(Sgd rule, int bits)
    {
        if (!adapts)
            return;
        RowGroups groups = rows.Groups;
        int count = groups.Count;
        ReadOnlySpan<Real> values = table.Value.Values.Span;
        Span<Real> adapted = _adapted.Span, seen = _seen.Span;
        ReadOnlySpan<int> named = groups.Rows.Span;
        for (int i = 0; i < count; i++)
            values.Slice(named[i] * _columns, _columns).CopyTo(adapted[(i * _columns)..]);
        Matrix adjoint = new(_adjoint.Slice(0, rows.Support.Count * _columns), rows.Support.Count, _columns);
        new RowSumPointers(adjoint, groups, _gradient.Slice(0, count * _columns), bits).Run();
        Sweep.Over(
            new Update<Sgd>(rule, _adapted.Slice().Pointer, null, null, _gradient.Slice().Pointer), 0, count * _columns, bits);

        int position = 0;
        foreach (int row in rows.Query.Values.Span)
        {
            int place = named.BinarySearch(row);
            ReadOnlySpan<Real> vector = place < 0 ? values.Slice(row * _columns, _columns) : adapted.Slice(place * _columns, _columns);
            vector.CopyTo(seen[(_columns * position++)..]);
        }
    }
}
