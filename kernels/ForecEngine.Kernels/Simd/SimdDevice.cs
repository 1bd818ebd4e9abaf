// The vector device: the same bodies as the scalar one, over the widest vectors that the machine accelerates and any
// number of threads, bit for bit the same results.

using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>The vector device of the host's processor.</summary>
public sealed unsafe class SimdDevice : IDevice
{
    private const int AtOnce = 64; // of what comes in numbers: far more than a model has parameters
    private const int ElementsToGroup = 16; // of which sums are made in the time that it takes to group a row

    private readonly Workers _workers;
    private readonly int _bits;
    private readonly NetworkRunner _networks;
    private HostStorage<Real> _zeros = new(0);
    private HostStorage<Real> _scratch = new(0);

    /// <summary>A device of <paramref name="threads"/> threads and vectors of at most <paramref name="vectorBits"/> bits.</summary>
    /// <param name="threads">How many threads, the caller's included.</param>
    /// <param name="vectorBits">128, 256, 512, or 0 for the widest that the machine accelerates.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no threads, or the machine does not accelerate such vectors.</exception>
    public SimdDevice(int threads, int vectorBits = 0)
        : this(threads, vectorBits, Workers.FewElements)
    {
    }

    /// <summary>A device that calls its other threads to no job over fewer numbers than <paramref name="fewElements"/>.</summary>
    internal SimdDevice(int threads, int vectorBits, int fewElements)
    {
        if (vectorBits is not (0 or 128 or 256 or 512) || vectorBits > Sweep.WidestBits)
            throw new ArgumentOutOfRangeException(nameof(vectorBits), $"vectors of {vectorBits} bits; this machine accelerates up to {Sweep.WidestBits}");
        _bits = vectorBits == 0 ? Sweep.WidestBits : vectorBits;
        _workers = new Workers(threads, fewElements);
        _networks = new NetworkRunner(this, _workers, _bits);
    }

    /// <summary>The widest vectors, in bits, that this machine accelerates.</summary>
    public static int WidestVectorBits => Sweep.WidestBits;

    /// <inheritdoc/>
    public string Name => _bits switch
    {
        512 when Avx512F.IsSupported => "cpu:avx512",
        256 when Avx2.IsSupported => "cpu:avx2",
        128 when Sse.IsSupported => "cpu:sse",
        128 when AdvSimd.IsSupported => "cpu:neon",
        _ => $"cpu:{_bits}",
    };

    /// <inheritdoc/>
    public int Threads => _workers.Count;

    /// <inheritdoc/>
    public INetworkKernel? Networks => _networks;

    /// <inheritdoc/>
    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => new HostStorage<T>(length);

    /// <inheritdoc/>
    public void Fill(Slice<Real> x, Real value) => x.Span.Fill(value);

    /// <inheritdoc/>
    public void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp
    {
        Shapes.Require(y, x.Length);
        fixed (Real* px = x.Span, py = y.Span)
            Run(new UnarySweep<TOp>(px, py), x.Length);
    }

    /// <inheritdoc/>
    public void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp
    {
        Shapes.Require(dy, x.Length);
        Shapes.Require(dx, x.Length, optional: true);
        fixed (Real* px = x.Span, pdy = dy.Span, pdx = dx.Span)
            Run(new UnaryBackwardSweep<TOp>(px, pdy, pdx), dx.Length);
    }

    /// <inheritdoc/>
    public void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(y, a.Length);
        fixed (Real* pa = a.Span, pb = b.Span, py = y.Span)
            Run(new BinarySweep<TOp>(pa, pb, py), a.Length);
    }

    /// <inheritdoc/>
    public void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(dy, a.Length);
        Shapes.Require(da, a.Length, optional: true);
        Shapes.Require(db, a.Length, optional: true);
        fixed (Real* pa = a.Span, pb = b.Span, pdy = dy.Span, pda = da.Span, pdb = db.Span)
        {
            Run(new BinaryBackwardLeftSweep<TOp>(pa, pb, pdy, pda), da.Length);
            Run(new BinaryBackwardRightSweep<TOp>(pa, pb, pdy, pdb), db.Length);
        }
    }

    /// <inheritdoc/>
    public void Gather(Matrix table, Slice<int> rows, Matrix y)
    {
        Shapes.Require(table);
        Shapes.Require(y, rows.Length, table.Columns);
        Shapes.RequireRows(rows.Span, table.Rows);
        fixed (Real* ptable = table.Values.Span, py = y.Values.Span)
        fixed (int* prows = rows.Span)
            RunRows(new GatherRow(ptable, prows, py, y.Columns), y.Rows, y.Columns);
    }

    /// <inheritdoc/>
    public void GroupRows(params ReadOnlySpan<RowGrouping> groupings)
    {
        long positions = 0;
        foreach ((Slice<int> rows, _) in groupings)
        {
            RowGroups.Check(rows.Span);
            positions += rows.Length;
        }

        RowRanking* rankings = stackalloc RowRanking[AtOnce];
        for (; !groupings.IsEmpty; groupings = groupings[Math.Min(AtOnce, groupings.Length)..])
        {
            int count = Math.Min(AtOnce, groupings.Length);
            for (int i = 0; i < count; i++)
                rankings[i] = groupings[i].Groups.Begin(groupings[i].Rows.Pointer, groupings[i].Rows.Length);
            _workers.Run(new GroupJob(rankings), count, positions * ElementsToGroup);
            GC.KeepAlive(groupings[0].Groups); // what the pointers point into lives as long as the span
        }
    }

    /// <inheritdoc/>
    public void SumRows(params ReadOnlySpan<RowSum> sums)
    {
        long elements = 0;
        foreach (ref readonly RowSum sum in sums)
        {
            sum.Check();
            elements += sum.Dy.Values.Length;
        }

        RowSumPointers* pointers = stackalloc RowSumPointers[AtOnce];
        for (; !sums.IsEmpty; sums = sums[Math.Min(AtOnce, sums.Length)..])
        {
            int count = Math.Min(AtOnce, sums.Length);
            for (int i = 0; i < count; i++)
                pointers[i] = new RowSumPointers(sums[i], _bits);
            _workers.Run(new RowSumJob(pointers), count, elements);
            GC.KeepAlive(sums[0].Groups);
        }
    }

    /// <inheritdoc/>
    public void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y)
    {
        Shapes.Require(x);
        Shapes.Require(weight, weight.Rows, x.Columns);
        Shapes.Require(y, x.Rows, weight.Rows);
        Shapes.Require(bias, weight.Rows, optional: true);
        int inputs = x.Columns, outputs = y.Columns;

        Span<Real> scratch = Scratch(PackedWeight.Length(inputs, outputs));
        fixed (Real* px = x.Values.Span, pweight = weight.Values.Span, pbias = bias.Span, pw = scratch, py = y.Values.Span)
        {
            PackedWeight.Pack(pweight, pbias, inputs, outputs, pw, _bits);
            RunProduct(new MatrixTile
            {
                A = px,
                ARow = inputs,
                AStep = 1,
                B = pw,
                BRow = outputs,
                C0 = pw + ((nint)inputs * outputs),
                C0Row = 0,
                C = py,
                CRow = outputs,
                Rows = x.Rows,
                Columns = outputs,
                Depth = inputs,
            });
        }
    }

    /// <inheritdoc/>
    public void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias)
    {
        Shapes.Require(x);
        Shapes.Require(weight, weight.Rows, x.Columns);
        Shapes.Require(dy, x.Rows, weight.Rows);
        Shapes.Require(dx, x.Rows, x.Columns, optional: true);
        Shapes.Require(dweight, weight.Rows, weight.Columns, optional: true);
        Shapes.Require(dbias, weight.Rows, optional: true);
        int inputs = x.Columns, outputs = dy.Columns;
        fixed (Real* px = x.Values.Span, pw = weight.Values.Span, pdy = dy.Values.Span)
        fixed (Real* pdx = dx.Values.Span, pdw = dweight.Values.Span, pdb = dbias.Span)
        {
            if (pdx is not null)
            {
                RunProduct(new MatrixTile
                {
                    A = pdy,
                    ARow = outputs,
                    AStep = 1,
                    B = pw,
                    BRow = inputs,
                    C0 = pdx,
                    C0Row = inputs,
                    C = pdx,
                    CRow = inputs,
                    Rows = x.Rows,
                    Columns = inputs,
                    Depth = outputs,
                });
            }

            WeightGradientJob job = new(px, pdy, pdw, pdb, x.Rows, inputs, outputs, _bits);
            _workers.Run(job, job.Chunks);
        }
    }

    /// <inheritdoc/>
    public void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        Shapes.Require(a);
        Shapes.Require(b, a.Rows, b.Columns);
        Shapes.Require(y, a.Rows, a.Columns + b.Columns);
        fixed (Real* pa = a.Values.Span, pb = b.Values.Span, py = y.Values.Span)
        {
            RunRows(new CopyColumnsRow(pa, a.Columns, py, y.Columns, 0), y.Rows, a.Columns);
            RunRows(new CopyColumnsRow(pb, b.Columns, py, y.Columns, a.Columns), y.Rows, b.Columns);
        }
    }

    /// <inheritdoc/>
    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        Shapes.Require(dy);
        Shapes.Require(da, dy.Rows, dy.Columns - db.Columns, optional: true);
        Shapes.Require(db, dy.Rows, dy.Columns - da.Columns, optional: true);
        fixed (Real* pdy = dy.Values.Span, pda = da.Values.Span, pdb = db.Values.Span)
        {
            if (pda is not null)
                RunRows(new AddColumnsRow(pda, da.Columns, pdy, dy.Columns, 0), dy.Rows, da.Columns);
            if (pdb is not null)
                RunRows(new AddColumnsRow(pdb, db.Columns, pdy, dy.Columns, da.Columns), dy.Rows, db.Columns);
        }
    }

    /// <inheritdoc/>
    public void Mean(Slice<Real> x, Slice<Real> y)
    {
        Shapes.Require(y, 1);
        Real* partial = stackalloc Real[8];
        fixed (Real* px = x.Span)
        {
            Real sum = _bits >= 256
                ? Reduce.Sum<Lane256, HostMemory<Lane256>, HostMemory<ScalarLane>>(new(px), new(partial), new(px), new(partial), x.Length)
                : Reduce.Sum<Lane128, HostMemory<Lane128>, HostMemory<ScalarLane>>(new(px), new(partial), new(px), new(partial), x.Length);
            y.Span[0] = sum / Math.Max(1, x.Length);
        }
    }

    /// <inheritdoc/>
    public void MeanBackward(Slice<Real> dy, Slice<Real> dx)
    {
        Shapes.Require(dy, 1);
        fixed (Real* pdx = dx.Span)
            Run(new AddConstantSweep(pdx, dy.Span[0] / dx.Length), dx.Length);
    }

    /// <inheritdoc/>
    public void Update<TRule>(params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        int longestRow = 0;
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            parameter.Check();
            longestRow = Math.Max(longestRow, parameter.P.Columns);
        }

        int room = UpdateJob<TRule>.RoomFor(longestRow);
        HostStorage<Real>.Reserve(ref _zeros, (long)room * _workers.Count);
        ParameterSweep<TRule>* sweeps = stackalloc ParameterSweep<TRule>[AtOnce];
        for (; !parameters.IsEmpty; parameters = parameters[Math.Min(AtOnce, parameters.Length)..])
        {
            int count = Math.Min(AtOnce, parameters.Length);
            for (int i = 0; i < count; i++)
                sweeps[i] = new ParameterSweep<TRule>(parameters[i], _bits);
            UpdateJob<TRule> job = new(sweeps, count, _zeros.Slice().Pointer, room);
            _workers.Run(job, job.Chunks, job.Elements);
            GC.KeepAlive(parameters[0].P.Values.Storage); // what the pointers point into lives as long as the span
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workers.Dispose();

    private void Run<TBody>(TBody body, int length)
        where TBody : unmanaged, ISweep
    {
        SweepJob<TBody> job = new(body, length, _bits);
        _workers.Run(job, job.Chunks);
    }

    private void RunRows<TBody>(TBody body, int rows, int columns)
        where TBody : unmanaged, IRowBody
    {
        RowJob<TBody> job = new(body, rows, columns, _bits);
        _workers.Run(job, job.Chunks);
    }

    private void RunProduct(MatrixTile tile)
    {
        RowProductJob job = new(tile, _bits);
        _workers.Run(job, job.Chunks);
    }

    private Span<Real> Scratch(int length)
    {
        HostStorage<Real>.Reserve(ref _scratch, length);
        return _scratch.Span[..length];
    }
}
