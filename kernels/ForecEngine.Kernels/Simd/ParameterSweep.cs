// An optimiser's step over one parameter, run by run. A run is as many of its elements as a sweep needs for its start not to
// count. Where the gradient is a set of rows, those of the run are laid out among zeros, and the rule sweeps over all of them with
// the widest vectors; where only those rows move, a run is some of them.

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

    /// <summary>A sweep over a parameter in the host's memory, of which everything has been checked.</summary>
    /// <param name="update">The parameter.</param>
    /// <param name="firstRun">The number of its first run.</param>
    /// <param name="runElements">The most elements that a run has, or one row of them.</param>
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
        int moved = _touchedOnly ? update.Gradient.Values.Length : _length, elements = _touchedOnly ? RunRows * _columns : runElements;
        EndRun = firstRun + (moved == 0 ? 0 : ((moved - 1) / elements) + 1);
    }

    /// <summary>One more than the number of its last run.</summary>
    public int EndRun { get; }

    private readonly int RunRows => Math.Max(1, _runElements / Math.Max(1, _columns));

    /// <summary>Makes one run.</summary>
    /// <param name="run">Its number.</param>
    /// <param name="zeros">Room for the gradients of a run: zeros, and zeros again at the end.</param>
    public readonly void Run(int run, Real* zeros)
    {
        int place = run - _firstRun;
        if (_touchedOnly)
        {
            int first = place * RunRows;
            UpdateTouchedRow<TRule> body = new(_rule, _p, _m, _v, _touched, _touchedCount, _gradient, _columns);
            RowSweep.Over(body, first, Math.Min(_touchedCount, first + RunRows), _columns, _bits);
            return;
        }

        int start = place * _runElements, end = (int)Math.Min(_length, (long)start + _runElements);
        if (_isWhole)
            Sweep.Over(new UpdateSweep<TRule>(_rule, _p, _m, _v, _gradient), start, end, _bits);
        else
            UpdateRows(start, end, zeros);
    }

    private readonly void UpdateRows(int start, int end, Real* zeros)
    {
        int columns = _columns, count = _touchedCount;
        int* touched = _touched;
        int first = new ReadOnlySpan<int>(touched, count).BinarySearch(start / columns);
        first = first < 0 ? ~first : first;
        int last = first;
        Real* gradients = zeros - start; // indexed like the table; inside the room for the elements of the run
        for (; last < count && touched[last] * columns < end; last++)
        {
            int row = touched[last] * columns, from = Math.Max(row, start), to = Math.Min(row + columns, end), i = from;
            Real* gradient = _gradient + ((nint)last * columns) - row; // indexed like the table's row
            for (; i <= to - Lane256.Width; i += Lane256.Width)
                Lane256.Store(Lane256.Load(gradient + i), gradients + i);
            for (; i < to; i++)
                gradients[i] = gradient[i];
        }

        Sweep.Over(new UpdateSweep<TRule>(_rule, _p, _m, _v, gradients), start, end, _bits);
        for (; first < last; first++)
        {
            int row = touched[first] * columns, to = Math.Min(row + columns, end), i = Math.Max(row, start);
            for (; i <= to - Lane256.Width; i += Lane256.Width)
                Lane256.Store(Lane256.Broadcast(0), gradients + i);
            for (; i < to; i++)
                gradients[i] = 0;
        }
    }
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

        rule.Apply<TLane, HostMemory<TLane>>(new(p), new(m), new(v), TLane.Load(gradient + ((nint)row * columns) + column), (touched[row] * columns) + column);
    }
}
