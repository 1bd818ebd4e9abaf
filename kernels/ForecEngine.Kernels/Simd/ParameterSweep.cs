// An optimiser's step over one parameter, run by run. A run is as many of its elements as a sweep needs for its start not to
// count. Where the gradient is a set of rows, it is whole rows: the gradient's are laid out among zeros, and the rule sweeps over
// all of them with the widest vectors; where only the gradient's rows move, a run is some of them.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using ForecEngine.Kernels.Ops;

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
    private readonly int _firstRun;
    private readonly int _runElements;
    private readonly int _runRows;

    /// <summary>A sweep over a parameter in the host's memory, of which everything has been checked.</summary>
    /// <param name="update">The parameter.</param>
    /// <param name="firstRun">The number of its first run.</param>
    /// <param name="runElements">The most elements that a run has: a row's at the least.</param>
    /// <param name="bits">The widest vectors.</param>
    public ParameterSweep(in ParameterUpdate<TRule> update, int firstRun, int runElements, int bits)
    {
        _rule = update.Rule;
        _p = update.P.Values.Pointer;
        _m = update.M.Pointer;
        _v = update.V.Pointer;
        _touched = update.Rows.Pointer;
        _gradient = update.Gradient.Values.Pointer;
        (_touchedCount, _length, _columns) = (update.Rows.Length, update.P.Values.Length, update.P.Columns);
        (_isWhole, _touchedOnly, _firstRun, _runElements, _bits) = (update.IsWhole, update.TouchedOnly, firstRun, runElements, bits);
        _runRows = runElements / Math.Max(1, _columns);
        (int things, int runThings) = _isWhole ? (_length, runElements) : (_touchedOnly ? _touchedCount : update.P.Rows, _runRows);
        EndRun = firstRun + (_length == 0 || things == 0 ? 0 : ((things - 1) / runThings) + 1);
    }

    /// <summary>One more than the number of its last run.</summary>
    public int EndRun { get; }

    /// <summary>Makes one run.</summary>
    /// <param name="run">Its number.</param>
    /// <param name="zeros">Room for the gradients of a run: zeros, and zeros again at the end.</param>
    public readonly void Run(int run, Real* zeros)
    {
        int place = run - _firstRun;
        if (_isWhole)
        {
            int start = place * _runElements, stop = (int)Math.Min(_length, (long)start + _runElements);
            Sweep.OverRuns(new UpdateSweep<TRule>(_rule, _p, _m, _v, _gradient), start, stop, _bits);
            new Span<Real>(_gradient + start, stop - start).Clear();
            return;
        }

        int first = place * _runRows, end = (int)Math.Min(_touchedOnly ? _touchedCount : _length / _columns, (long)first + _runRows);
        if (_touchedOnly)
            RowSweep.Over(new UpdateTouchedRow<TRule>(_rule, _p, _m, _v, _touched, _touchedCount, _gradient, _columns), first, end, _columns, _bits);
        else
            UpdateRows(first, end, zeros);
    }

    private readonly void UpdateRows(int first, int end, Real* zeros)
    {
        (int next, int last) = (TouchedBefore(first), TouchedBefore(end));
        Real* gradients = zeros - ((nint)first * _columns); // indexed like the table; inside the room for the rows of the run
        RowSweep.Over(new LayOutRow(_gradient, gradients, _touched, _columns), next, last, _columns, _bits);
        Sweep.OverRuns(new UpdateSweep<TRule>(_rule, _p, _m, _v, gradients), first * _columns, end * _columns, _bits);
        RowSweep.Over(new ClearRow(gradients, _touched, _columns), next, last, _columns, _bits);
    }

    // How many of the touched rows come before a row.
    private readonly int TouchedBefore(int row)
    {
        int place = new ReadOnlySpan<int>(_touched, _touchedCount).BinarySearch(row);
        return place < 0 ? ~place : place;
    }
}

/// <summary>y[ids[row]] = x[row].</summary>
internal readonly unsafe struct LayOutRow(Real* x, Real* y, int* ids, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Load(x + ((nint)row * columns) + column), y + ((nint)ids[row] * columns) + column);
}

/// <summary>y[ids[row]] = 0.</summary>
internal readonly unsafe struct ClearRow(Real* y, int* ids, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Broadcast(0), y + ((nint)ids[row] * columns) + column);
}

/// <summary>An update of the table row that a row of the gradient is of.</summary>
internal readonly unsafe struct UpdateTouchedRow<TRule>(TRule rule, Real* p, Real* m, Real* v, int* touched, int count, Real* gradient, int columns) : IRowBody
    where TRule : unmanaged, IUpdateRule
{
    // Touched rows lie far apart in tables that no cache holds: those that come next are fetched while this one is updated. A hint
    // never faults, so that m and v may be null.
    private const int RowsAhead = 8;

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
        rule.Apply<TLane, HostMemory<TLane>>(new(p + at), new(m + at), new(v + at), new(gradient + ((nint)row * columns) + column), 0, TLane.Width);
    }
}
