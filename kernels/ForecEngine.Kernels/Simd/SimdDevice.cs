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
    private readonly List<RowGroups> _groups = [];
    private HostStorage<Real> _rowSums = new(0);
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
    public bool IsHost => true;

    /// <summary>How many threads it uses. No result depends on it.</summary>
    public int Threads => _workers.Count;

    /// <inheritdoc/>
    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => new HostStorage<T>(length);

    /// <inheritdoc/>
    public void Synchronize()
    {
        // Every operation has run when its call returns.
    }

    /// <inheritdoc/>
    public void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged
    {
        Shapes.Require(destination, source.Length);
        source.Span.CopyTo(destination.Span);
    }

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
    public void Gather(Matrix table, RowIds rows, Matrix y)
    {
        Shapes.Require(table);
        Shapes.Require(y, rows.Count, table.Columns);
        Shapes.Require(rows, table.Rows);
        fixed (Real* ptable = table.Values.Span, py = y.Values.Span)
        fixed (int* prows = rows.Values.Span)
            RunRows(new GatherRow(ptable, prows, py, y.Columns), y.Rows, y.Columns);
    }

    /// <inheritdoc/>
    public void PutRows(Matrix x, RowIds rows, Matrix table)
    {
        Shapes.Require(table);
        Shapes.Require(x, rows.Count, table.Columns);
        Shapes.Require(rows, table.Rows);
        fixed (Real* ptable = table.Values.Span, px = x.Values.Span)
        fixed (int* prows = rows.Values.Span)
            RowSweep.Over(new LayOutRow(px, ptable, prows, x.Columns), 0, x.Rows, x.Columns, _bits); // one owner: rows repeat
    }

    /// <inheritdoc/>
    public void TakeSamples(in SampleRange range, Slice<int> users, Slice<int> items, Slice<Real> labels)
    {
        range.Check(users, items, labels);
        SampleColumns.Take(range, users.Span, items.Span, labels.Span);
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
    public void MapRows(Slice<int> map, RowIds rows, Slice<int> y)
    {
        Shapes.Require(rows, map.Length);
        Shapes.Require(y, rows.Count);
        Span<int> values = map.Span, named = rows.Values.Span, mapped = y.Span;
        for (int i = 0; i < mapped.Length; i++)
            mapped[i] = values[named[i]];
    }

    /// <inheritdoc/>
    public void Softmax(Matrix x, Matrix y)
    {
        Shapes.Require(x);
        Shapes.Require(y, x.Rows, x.Columns);
        fixed (Real* px = x.Values.Span, py = y.Values.Span)
        {
            for (int row = 0; row < x.Rows; row++)
                Ops.Softmax.Forward<HostMemory<ScalarLane>>(new(px), new(py), x.Columns, row);
        }
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx)
    {
        Shapes.Require(y);
        Shapes.Require(dy, y.Rows, y.Columns);
        Shapes.Require(dx, y.Rows, y.Columns, optional: true);
        fixed (Real* py = y.Values.Span, pdy = dy.Values.Span, pdx = dx.Values.Span)
        {
            for (int row = 0; row < y.Rows && pdx is not null; row++)
                Ops.Softmax.Backward<HostMemory<ScalarLane>>(new(py), new(pdy), new(pdx), y.Columns, row);
        }
    }

    /// <inheritdoc/>
    public void DropoutMask(in DropoutDraws draws, RowIds users, RowIds items, Matrix mask)
    {
        Shapes.Require(items.Values, users.Count);
        Shapes.Require(mask, users.Count, mask.Columns);
        Span<int> u = users.Values.Span, i = items.Values.Span;
        Span<Real> values = mask.Values.Span;
        for (int sample = 0; sample < mask.Rows; sample++)
            Ops.DropoutMask.Draw(draws, u[sample], i[sample], values.Slice(sample * mask.Columns, mask.Columns));
    }

    /// <inheritdoc/>
    public void CountNonFinite(Slice<Real> x, Slice<int> count)
    {
        Shapes.Require(count, 1);
        int found = 0;
        if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<Real>(x.Span))
        {
            foreach (Real value in x.Span)
                found += Real.IsFinite(value) ? 0 : 1;
        }

        count.Span[0] = found;
    }

    /// <inheritdoc/>
    public void Update<TRule>(Slice<Real> loss, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        Shapes.Require(loss, 1, optional: true);
        int longestRow = 0;
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            parameter.Check();
            longestRow = Math.Max(longestRow, parameter.P.Columns);
        }

        if (!loss.IsEmpty && !Real.IsFinite(loss.Span[0]))
        {
            foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
                (parameter.IsWhole ? parameter.Gradient.Values.Span : default).Clear();
            return;
        }

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
            GC.KeepAlive(some[0].P.Values.Storage); // what the pointers point into lives as long as the span
        }
    }

    // The gradient of each row that positions name. Tables whose positions name the same rows are grouped once.
    private void SumRows<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters, RowSumPointers* sums)
        where TRule : unmanaged, IUpdateRule
    {
        RowRanking* rankings = stackalloc RowRanking[parameters.Length];
        int* grouping = stackalloc int[parameters.Length], representative = stackalloc int[parameters.Length];
        int groups = 0;
        long positions = 0, elements = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            Slice<int> rows = parameters[i].Rows.Values;
            grouping[i] = -1;
            if (rows.IsEmpty)
                continue;
            int group = 0;
            while (group < groups && !rows.Span.SequenceEqual(parameters[representative[group]].Rows.Values.Span))
                group++;
            if (group == groups)
            {
                if (_groups.Count == groups)
                    _groups.Add(new RowGroups());
                rankings[groups] = _groups[groups].Begin(rows.Pointer, rows.Length);
                representative[groups++] = i;
                positions += rows.Length;
            }

            grouping[i] = group;
            elements += parameters[i].Gradient.Values.Length;
        }

        _workers.Run(new GroupJob(rankings), groups, positions * ElementsToGroup);
        HostStorage<Real>.Reserve(ref _rowSums, elements);
        int first = 0, count = 0;
        RowSumPointers* jobs = stackalloc RowSumPointers[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            sums[i] = default;
            if (grouping[i] < 0)
                continue;
            Matrix gradient = parameters[i].Gradient;
            RowGroups rows = _groups[grouping[i]];
            jobs[count++] = sums[i] = new RowSumPointers(gradient, rows, _rowSums.Slice(first, rows.Count * gradient.Columns), _bits);
            first += gradient.Values.Length;
        }

        _workers.Run(new RowSumJob(jobs), count, elements);
    }

    /// <inheritdoc/>
    public INetworkProgram? Compile(Network network) => new NetworkProgram(network, this, _workers, _bits);

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
