// The vector device runs the scalar device's bodies over the widest vectors that the machine accelerates, on any number of threads, with
// bit-identical results.

using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels.Simd;

/// <summary>The vector device of the host's processor.</summary>
public sealed unsafe partial class SimdDevice : HostDevice
{
    private const int AtOnce = 64; // the most parameters in one job; models have far fewer
    private const int ElementsToGroup = 16; // elements summed in the time of grouping one row

    private readonly Workers _workers;
    private readonly PackedProduct _product;
    private readonly int _bits;
    private readonly List<RowGroups> _groups = [];
    private int _grouped;
    private bool _isBegun;
    private HostStorage<Real> _rowSums = new(0);
    private HostStorage<Real> _zeros = new(0);
    private HostStorage<Real> _scratch = new(0);

    /// <summary>A device of <paramref name="threads"/> threads and vectors of at most <paramref name="vectorBits"/> bits.</summary>
    /// <param name="threads">The number of threads, including the caller's.</param>
    /// <param name="vectorBits">128, 256, 512, or 0 for the widest that the machine accelerates.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no threads, or the machine does not accelerate such vectors.</exception>
    public SimdDevice(int threads, int vectorBits = 0)
        : this(threads, vectorBits, Workers.FewElements)
    {
    }

    /// <summary>A device that runs jobs over fewer elements than <paramref name="fewElements"/> on the calling thread.</summary>
    internal SimdDevice(int threads, int vectorBits, int fewElements)
    {
        if (vectorBits is not (0 or 128 or 256 or 512) || vectorBits > Sweep.WidestBits)
        {
            throw new ArgumentOutOfRangeException(
                nameof(vectorBits), $"vectors of {vectorBits} bits; this machine accelerates up to {Sweep.WidestBits}");
        }

        _bits = vectorBits == 0 ? Sweep.WidestBits : vectorBits;
        _workers = new Workers(threads, fewElements);
        _product = new PackedProduct(_workers, _bits);
    }

    /// <summary>The widest vectors, in bits, that this machine accelerates.</summary>
    public static int WidestVectorBits => Sweep.WidestBits;

    /// <inheritdoc/>
    public override string Name => _bits switch
    {
        512 when Avx512F.IsSupported => "cpu:avx512",
        256 when Avx2.IsSupported => "cpu:avx2",
        128 when Sse.IsSupported => "cpu:sse",
        128 when AdvSimd.IsSupported => "cpu:neon",
        _ => $"cpu:{_bits}",
    };

    /// <summary>The number of threads. No result depends on it.</summary>
    public int Threads => _workers.Count;

    /// <inheritdoc/>
    public override INetworkProgram? Compile(Network network) => new NetworkProgram(network, this, _workers, _bits);

    /// <inheritdoc/>
    public override void Dispose() => _workers.Dispose();

    private protected override void TakeSamples(
        Sample* samples, KeyedOrder order, int first, int* users, int* items, Real* labels, int count)
    {
        SampleJob job = new(samples, order, first, users, items, labels, count);
        _workers.Run(job, job.Chunks);
    }

    private protected override void Unary<TOp>(Real* x, Real* y, int length) => Run(new UnarySweep<TOp>(x, y), length);

    private protected override void UnaryBackward<TOp>(Real* x, Real* dy, Real* dx, int length) =>
        Run(new UnaryBackwardSweep<TOp>(x, dy, dx), length);

    private protected override void Binary<TOp>(Real* a, Real* b, Real* y, int length) => Run(new BinarySweep<TOp>(a, b, y), length);

    private protected override void BinaryBackwardLeft<TOp>(Real* a, Real* b, Real* dy, Real* da, int length) =>
        Run(new BinaryBackwardLeftSweep<TOp>(a, b, dy, da), length);

    private protected override void BinaryBackwardRight<TOp>(Real* a, Real* b, Real* dy, Real* db, int length) =>
        Run(new BinaryBackwardRightSweep<TOp>(a, b, dy, db), length);

    private protected override void Gather(Real* table, int* rows, Real* y, int count, int columns) =>
        Run(new CopyRows(table, columns, rows, y, columns), count, columns);

    private protected override void Dense(Real* x, Real* weight, Real* bias, Real* y, int rows, int inputs, int outputs)
    {
        HostStorage<Real>.Reserve(ref _scratch, PackedWeight.Length(inputs, outputs));
        Real* packed = _scratch.Slice().Pointer;
        PackedWeight.Pack(weight, bias, inputs, outputs, packed, _bits);
        RunProduct(new MatrixTile
        {
            A = x,
            ARow = inputs,
            AStep = 1,
            B = packed,
            BRow = outputs,
            C0 = packed + ((nint)inputs * outputs),
            C0Row = 0,
            C = y,
            CRow = outputs,
            Rows = rows,
            Columns = outputs,
            Depth = inputs,
        });
    }

    private protected override void DenseBackwardInput(Real* weight, Real* dy, Real* dx, int rows, int inputs, int outputs) =>
        RunProduct(new MatrixTile
        {
            A = dy,
            ARow = outputs,
            AStep = 1,
            B = weight,
            BRow = inputs,
            C0 = dx,
            C0Row = inputs,
            C = dx,
            CRow = inputs,
            Rows = rows,
            Columns = inputs,
            Depth = outputs,
        });

    private protected override void DenseBackwardParameters(
        Real* x, Real* dy, Real* dweight, Real* dbias, int rows, int inputs, int outputs)
    {
        WeightGradientJob job = new(x, dy, dweight, dbias, rows, inputs, outputs, _bits);
        _workers.Run(job, job.Chunks);
    }

    private protected override void Multiply(in StridedProduct product) => _product.Run(product);

    private protected override void TopDots(in DotPointers ranking) => _product.Rank(ranking);

    private protected override void Mirror(Real* a, int stride, int rows)
    {
        MirrorJob job = new(a, stride, rows, _bits);
        _workers.Run(job, job.Chunks, (long)rows * rows);
    }

    private protected override void CopyColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start, int rows) =>
        Run(new CopyRows(narrow, columns, null, wide + start, wideColumns), rows, columns);

    private protected override void AddColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start, int rows) =>
        Run(new AddColumns(narrow, columns, wide, wideColumns, start), rows, columns);

    private protected override Real Sum(Real* x, int length)
    {
        Real* partial = stackalloc Real[8];
        return _bits >= 256
            ? Reduce.Sum<Lane256, HostMemory<Lane256>, HostMemory<ScalarLane>>(new(x), new(partial), new(x), new(partial), length)
            : Reduce.Sum<Lane128, HostMemory<Lane128>, HostMemory<ScalarLane>>(new(x), new(partial), new(x), new(partial), length);
    }

    private protected override void Update<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters)
    {
        int longestRow = 0;
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
            longestRow = Math.Max(longestRow, parameter.P.Columns);
        int room = UpdateJob<TRule>.RoomFor(longestRow);
        HostStorage<Real>.Reserve(ref _zeros, (long)room * _workers.Count);
        ParameterSweep<TRule>* sweeps = stackalloc ParameterSweep<TRule>[AtOnce];
        RowSumPointers* sums = stackalloc RowSumPointers[AtOnce];
        for (; !parameters.IsEmpty; parameters = parameters[Math.Min(AtOnce, parameters.Length)..])
        {
            ReadOnlySpan<ParameterUpdate<TRule>> some = parameters[..Math.Min(AtOnce, parameters.Length)];
            SumRows(some, sums);
            for (int i = 0; i < some.Length; i++)
                sweeps[i] = new ParameterSweep<TRule>(some[i], sums[i], _bits);
            UpdateJob<TRule> job = new(sweeps, some.Length, _zeros.Slice().Pointer, room);
            _workers.Run(job, job.Chunks, job.Elements);
            GC.KeepAlive(some[0].P.Values.Storage); // the span keeps the memory of the pointers alive
        }

        _isBegun = false;
    }

    /// <summary>Prepares the groupings of rows that the next update needs, so that an earlier job can run them.</summary>
    /// <param name="rows">The rows; equal lists are grouped once.</param>
    /// <param name="rankings">Overwritten with the groupings to run.</param>
    /// <param name="isFirst">Whether to discard earlier groups.</param>
    /// <returns>The number of groupings.</returns>
    internal int BeginGroups(ReadOnlySpan<RowIds> rows, RowRanking* rankings, bool isFirst = true)
    {
        _grouped = isFirst ? 0 : _grouped;
        int count = 0;
        foreach (RowIds ids in rows)
        {
            if (ids.Count == 0 || GroupsOf(ids) is not null)
                continue;
            if (_groups.Count == _grouped)
                _groups.Add(new RowGroups());
            rankings[count++] = _groups[_grouped++].Begin(ids.Values.Span);
        }

        _isBegun = true;
        return count;
    }

    private RowGroups? GroupsOf(RowIds ids)
    {
        for (int i = 0; i < _grouped; i++)
        {
            if (_groups[i].Hold(ids.Values.Span))
                return _groups[i];
        }

        return null;
    }

    // Sums the positions of each row.
    private void SumRows<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters, RowSumPointers* sums)
        where TRule : unmanaged, IUpdateRule
    {
        RowRanking* rankings = stackalloc RowRanking[parameters.Length];
        int groups = 0;
        long positions = 0, elements = 0;
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            if (parameter.IsSummed)
                continue;
            int added = BeginGroups([parameter.Rows], rankings + groups, isFirst: !_isBegun);
            groups += added;
            positions += added * (long)parameter.Rows.Count;
            elements += parameter.Rows.Count == 0 ? 0 : parameter.Gradient.Values.Length;
        }

        _workers.Run(new GroupJob(rankings), groups, positions * ElementsToGroup);
        HostStorage<Real>.Reserve(ref _rowSums, elements);
        int first = 0, count = 0;
        RowSumPointers* jobs = stackalloc RowSumPointers[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            sums[i] = parameters[i].IsSummed ? new RowSumPointers(parameters[i].Gradient, parameters[i].Rows) : default;
            if (parameters[i].IsSummed || parameters[i].Rows.Count == 0 || GroupsOf(parameters[i].Rows) is not { } rows)
                continue;
            Matrix gradient = parameters[i].Gradient;
            jobs[count++] = sums[i] = new RowSumPointers(gradient, rows, _rowSums.Slice(first, rows.Count * gradient.Columns), _bits);
            first += gradient.Values.Length;
        }

        _workers.Run(new RowSumJob(jobs), count, elements);
    }

    private void Run<TBody>(TBody body, int length)
        where TBody : unmanaged, ISweep => Run(body, 1, length);

    private void Run<TBody>(TBody body, int rows, int columns)
        where TBody : unmanaged, ISweep
    {
        SweepJob<TBody> job = new(body, rows, columns, _bits);
        _workers.Run(job, job.Chunks);
    }

    private void RunProduct(MatrixTile tile)
    {
        RowProductJob job = new(tile, _bits);
        _workers.Run(job, job.Chunks);
    }
}
