// An optimiser's step over one parameter, one range of elements at a time. If the gradient is a set of rows, a range consists of whole
// rows: their gradients are copied into a zeroed buffer, and the rule sweeps over the range with the widest vectors. If only rows with a
// gradient move, the rule sweeps over those alone.

using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels.Simd;

/// <summary>One step of a rule over a parameter.</summary>
internal unsafe struct ParameterSweep<TRule>
    where TRule : unmanaged, IUpdateRule
{
    private readonly TRule _rule;
    private readonly Real* _p;
    private readonly Real* _m;
    private readonly Real* _v;
    private readonly int* _touched;
    private readonly Real* _gradient;
    private readonly int _touchedCount;
    private readonly int _length;
    private readonly int _columns;
    private readonly bool _isWhole;
    private readonly bool _touchedOnly;
    private readonly int _bits;

    /// <summary>A sweep over a parameter in host memory, whose shapes have been checked.</summary>
    /// <param name="update">The parameter.</param>
    /// <param name="sums">Its gradient summed by rows, if the gradient is by positions.</param>
    /// <param name="bits">The widest vectors.</param>
    public ParameterSweep(in ParameterUpdate<TRule> update, in RowSumPointers sums, int bits)
    {
        _rule = update.Rule;
        _p = update.P.Values.Pointer;
        _m = update.M.Pointer;
        _v = update.V.Pointer;
        _touched = sums.Rows;
        _gradient = update.IsWhole ? update.Gradient.Values.Pointer : sums.Gradient;
        (_touchedCount, _columns) = (sums.Count, update.P.Columns);
        (_isWhole, _touchedOnly, _bits) = (update.IsWhole, update.TouchedOnly, bits);
        Length = _touchedOnly ? _touchedCount * _columns : update.P.Values.Length;
    }

    /// <summary>The number of elements that move.</summary>
    public int Length { get; }

    /// <summary>Moves the elements [start, end); in a table, the rows that begin there.</summary>
    /// <param name="start">The first element, from 0.</param>
    /// <param name="end">The end, exclusive, at most <see cref="Length"/>.</param>
    /// <param name="zeros">Scratch for as many gradients and one more row: zeros before and after the call.</param>
    public readonly void Run(int start, int end, Real* zeros)
    {
        if (_isWhole)
        {
            Sweep.Over(new Update<TRule>(_rule, _p, _m, _v, _gradient), start, end, _bits);
            new Span<Real>(_gradient + start, end - start).Clear();
            return;
        }

        int first = RowsBefore(start), last = RowsBefore(end);
        if (_touchedOnly)
        {
            UpdateTouchedRow<TRule> update = new(_rule, _p, _m, _v, _touched, _touchedCount, _gradient, _columns);
            Sweep.Rows(update, first, last, _columns, _bits);
        }
        else
            UpdateRows(first, last, zeros);
    }

    private readonly void UpdateRows(int first, int end, Real* zeros)
    {
        int next = TouchedBefore(first), last = TouchedBefore(end);
        Real* gradients = zeros - ((nint)first * _columns); // indexed like the table; inside the scratch for the rows of the range
        Sweep.Rows(new LayOutRow(_gradient, gradients, _touched, _columns), next, last, _columns, _bits);
        Sweep.Over(new Update<TRule>(_rule, _p, _m, _v, gradients), first * _columns, end * _columns, _bits);
        Sweep.Rows(new ClearRow(gradients, _touched, _columns), next, last, _columns, _bits);
    }

    // The number of rows that begin before an element.
    private readonly int RowsBefore(int element) => (int)(((long)element + _columns - 1) / _columns);

    // The number of touched rows below a row; they are in ascending order.
    private readonly int TouchedBefore(int row)
    {
        int place = new ReadOnlySpan<int>(_touched, _touchedCount).BinarySearch(row);
        return place < 0 ? ~place : place;
    }
}

/// <summary>y[ids[row]] = x[row].</summary>
internal readonly unsafe struct LayOutRow(Real* x, Real* y, int* ids, int columns) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Load(x + ((nint)row * columns) + column), y + ((nint)ids[row] * columns) + column);
}

/// <summary>y[ids[row]] = 0.</summary>
internal readonly unsafe struct ClearRow(Real* y, int* ids, int columns) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Broadcast(0), y + ((nint)ids[row] * columns) + column);
}

/// <summary>Updates the table row of a row of the gradient.</summary>
internal readonly unsafe struct UpdateTouchedRow<TRule>(
    TRule rule, Real* p, Real* m, Real* v, int* touched, int count, Real* gradient, int columns) : ISweep
    where TRule : unmanaged, IUpdateRule
{
    // Touched rows lie far apart in tables larger than the caches: the next ones are prefetched while this one is updated. A prefetch never
    // faults, so m and v may be null.
    private const int RowsAhead = 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        if (Sse.IsSupported && row + RowsAhead < count)
        {
            nint ahead = ((nint)touched[row + RowsAhead] * columns) + column;
            Sse.Prefetch0(p + ahead);
            Sse.Prefetch0(m + ahead);
            Sse.Prefetch0(v + ahead);
        }

        nint at = ((nint)touched[row] * columns) + column;
        Real* g = gradient + ((nint)row * columns) + column;
        ParameterElements.Move<TRule, TLane, HostMemory<TLane>>(rule, new(p + at), new(m + at), new(v + at), TLane.Load(g), 0);
    }
}
