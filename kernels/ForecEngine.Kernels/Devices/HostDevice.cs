// The common part of the devices that run on the host's processor: memory, the calls of the checks, and the operations that are the same on
// all of them. A derived device implements the others, on pointers whose bounds have been checked.

using System.Numerics.Tensors;

namespace ForecEngine.Kernels;

/// <summary>A device of the host's processor. Every operation has finished when its call returns.</summary>
public abstract unsafe partial class HostDevice : IDevice
{
    private protected HostDevice()
    {
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public bool IsHost => true;

    /// <inheritdoc/>
    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => new HostStorage<T>(length);

    /// <inheritdoc/>
    public void Synchronize()
    {
        // Operations have finished when their calls return.
    }

    /// <inheritdoc/>
    public void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged
    {
        OperationShapes.Copy(source, destination);
        source.Span.CopyTo(destination.Span);
    }

    /// <inheritdoc/>
    public void Fill(Slice<Real> x, Real value) => x.Span.Fill(value);

    /// <inheritdoc/>
    public void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp
    {
        OperationShapes.Unary(x, y);
        fixed (Real* px = x.Span, py = y.Span)
            Unary<TOp>(px, py, x.Length);
    }

    /// <inheritdoc/>
    public void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp
    {
        OperationShapes.UnaryBackward(x, dy, dx);
        fixed (Real* px = x.Span, pdy = dy.Span, pdx = dx.Span)
            UnaryBackward<TOp>(px, pdy, pdx, dx.Length);
    }

    /// <inheritdoc/>
    public void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp
    {
        OperationShapes.Binary(a, b, y);
        fixed (Real* pa = a.Span, pb = b.Span, py = y.Span)
            Binary<TOp>(pa, pb, py, a.Length);
    }

    /// <inheritdoc/>
    public void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp
    {
        OperationShapes.BinaryBackward(a, b, dy, da, db);
        fixed (Real* pa = a.Span, pb = b.Span, pdy = dy.Span, pda = da.Span, pdb = db.Span)
        {
            BinaryBackwardLeft<TOp>(pa, pb, pdy, pda, da.Length);
            BinaryBackwardRight<TOp>(pa, pb, pdy, pdb, db.Length);
        }
    }

    /// <inheritdoc/>
    public void Gather(Matrix table, RowIds rows, Matrix y)
    {
        OperationShapes.Gather(table, rows, y);
        fixed (Real* ptable = table.Values.Span, py = y.Values.Span)
        fixed (int* prows = rows.Values.Span)
            Gather(ptable, prows, py, y.Rows, y.Columns);
    }

    /// <inheritdoc/>
    public void PutRows(Matrix x, RowIds rows, Matrix table)
    {
        OperationShapes.PutRows(x, rows, table);
        Span<Real> from = x.Values.Span, to = table.Values.Span;
        ReadOnlySpan<int> named = rows.Values.Span;
        for (int i = 0; i < named.Length; i++)
            from.Slice(i * x.Columns, x.Columns).CopyTo(to[(named[i] * x.Columns)..]);
    }

    /// <inheritdoc/>
    public void DrawSamples(in SampleDraws draws, Slice<Sample> samples)
    {
        draws.Check(samples);
        for (int row = 0; row < draws.Rows.Length; row++)
            NegativeDraws.Draw(draws, row, samples.Span);
    }

    /// <inheritdoc/>
    public void TakeSamples(in SampleRange range, Slice<int> users, Slice<int> items, Slice<Real> labels)
    {
        range.Check(users, items, labels);
        fixed (Sample* samples = range.Samples.Span)
        fixed (int* pusers = users.Span, pitems = items.Span)
        fixed (Real* plabels = labels.Span)
        {
            for (int done = 0, count; done < range.Count; done += count) // a pass, or a part of one
            {
                (long pass, long place) = Math.DivRem(range.First + done, range.Samples.Length);
                count = (int)Math.Min(range.Count - done, range.Samples.Length - place);
                if (range.Group == 1)
                    TakeSamples(samples, range.OrderOf(pass), (int)place, pusers + done, pitems + done, plabels + done, count);
                else
                    SampleColumns.TakeGroups(range, pass, (int)place, pusers + done, pitems + done, plabels + done, count);
            }
        }
    }

    /// <inheritdoc/>
    public void SortRows(in MinibatchRows rows, Slice<long> keys)
    {
        rows.Check(keys);
        for (int i = 0; i < rows.Count; i++)
        {
            ReadOnlySpan<int> named = rows.Of(i).Span;
            Span<long> sorted = rows.KeysOf(i, keys).Span;
            sorted[named.Length..].Fill(long.MaxValue);
            for (int position = 0; position < named.Length; position++)
                sorted[position] = ((long)named[position] << 32) | (uint)position;
            sorted[..named.Length].Sort();
        }
    }

    /// <inheritdoc/>
    public void MapRows(Slice<int> map, RowIds rows, Slice<int> y)
    {
        OperationShapes.MapRows(map, rows, y);
        Span<int> values = map.Span, named = rows.Values.Span, mapped = y.Span;
        for (int i = 0; i < mapped.Length; i++)
            mapped[i] = values[named[i]];
    }

    /// <inheritdoc/>
    public void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y)
    {
        OperationShapes.Dense(x, weight, bias, y);
        fixed (Real* px = x.Values.Span, pweight = weight.Values.Span, pbias = bias.Span, py = y.Values.Span)
            Dense(px, pweight, pbias, py, x.Rows, x.Columns, y.Columns);
    }

    /// <inheritdoc/>
    public void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias)
    {
        OperationShapes.DenseBackward(x, weight, dy, dx, dweight, dbias);
        fixed (Real* px = x.Values.Span, pweight = weight.Values.Span, pdy = dy.Values.Span)
        fixed (Real* pdx = dx.Values.Span, pdweight = dweight.Values.Span, pdbias = dbias.Span)
        {
            if (pdx is not null)
                DenseBackwardInput(pweight, pdy, pdx, x.Rows, x.Columns, dy.Columns);
            DenseBackwardParameters(px, pdy, pdweight, pdbias, x.Rows, x.Columns, dy.Columns);
        }
    }

    /// <inheritdoc/>
    public void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        OperationShapes.Concatenate(a, b, y);
        fixed (Real* pa = a.Values.Span, py = y.Values.Span, pb = b.Values.Span)
        {
            CopyColumns(pa, a.Columns, py, y.Columns, 0, y.Rows);
            CopyColumns(pb, b.Columns, py, y.Columns, a.Columns, y.Rows);
        }
    }

    /// <inheritdoc/>
    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        OperationShapes.ConcatenateBackward(dy, da, db);
        fixed (Real* pdy = dy.Values.Span, pda = da.Values.Span, pdb = db.Values.Span)
        {
            if (pda is not null)
                AddColumns(pda, da.Columns, pdy, dy.Columns, 0, dy.Rows);
            if (pdb is not null)
                AddColumns(pdb, db.Columns, pdy, dy.Columns, da.Columns, dy.Rows);
        }
    }

    /// <inheritdoc/>
    public void Mean(Slice<Real> x, Slice<Real> y)
    {
        OperationShapes.Mean(y);
        fixed (Real* px = x.Span)
            y.Span[0] = Sum(px, x.Length) / Math.Max(1, x.Length);
    }

    /// <inheritdoc/>
    public void MeanBackward(Slice<Real> dy, Slice<Real> dx)
    {
        OperationShapes.MeanBackward(dy);
        Span<Real> adjoint = dx.Span;
        TensorPrimitives.Add(adjoint, dy.Span[0] / dx.Length, adjoint);
    }

    /// <inheritdoc/>
    public void Softmax(Matrix x, Matrix y)
    {
        OperationShapes.Softmax(x, y);
        fixed (Real* px = x.Values.Span, py = y.Values.Span)
        {
            for (int row = 0; row < x.Rows; row++)
                Ops.Softmax.Forward<ScalarLane, HostMemory<ScalarLane>>(new(px), new(py), x.Columns, row);
        }
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx)
    {
        OperationShapes.SoftmaxBackward(y, dy, dx);
        fixed (Real* py = y.Values.Span, pdy = dy.Values.Span, pdx = dx.Values.Span)
        {
            for (int row = 0; row < y.Rows && !dx.Values.IsEmpty; row++)
                Ops.Softmax.Backward<ScalarLane, HostMemory<ScalarLane>>(new(py), new(pdy), new(pdx), y.Columns, row);
        }
    }

    /// <inheritdoc/>
    public void RowLoss<TLoss>(Matrix x, Slice<Real> y)
        where TLoss : unmanaged, IRowLoss
    {
        OperationShapes.RowLoss(x, y);
        fixed (Real* px = x.Values.Span, py = y.Span)
        {
            for (int row = 0; row < x.Rows; row++)
                new HostMemory<ScalarLane>(py).Store(row, TLoss.Forward<ScalarLane, HostMemory<ScalarLane>>(new(px), x.Columns, row));
        }
    }

    /// <inheritdoc/>
    public void RowLossBackward<TLoss>(Matrix x, Slice<Real> dy, Matrix dx)
        where TLoss : unmanaged, IRowLoss
    {
        OperationShapes.RowLossBackward(x, dy, dx);
        fixed (Real* px = x.Values.Span, pdy = dy.Span, pdx = dx.Values.Span)
        {
            for (int row = 0; row < x.Rows && pdx is not null; row++)
                TLoss.Backward(new(px), new HostMemory<ScalarLane>(pdy).Load(row), new HostMemory<ScalarLane>(pdx), x.Columns, row);
        }
    }

    /// <inheritdoc/>
    public void DropoutMask(in DropoutDraws draws, RowIds users, RowIds items, Matrix mask)
    {
        OperationShapes.DropoutMask(users, items, mask);
        Span<int> user = users.Values.Span, item = items.Values.Span;
        Span<Real> values = mask.Values.Span;
        for (int sample = 0; sample < mask.Rows; sample++)
            Ops.DropoutMask.Draw(draws, user[sample], item[sample], values.Slice(sample * mask.Columns, mask.Columns));
    }

    /// <inheritdoc/>
    public void CountNonFinite(Slice<int> counts, params ReadOnlySpan<Matrix> matrices)
    {
        OperationShapes.CountNonFinite(counts, matrices);
        int next = 0;
        foreach (Matrix x in matrices)
        {
            for (int row = 0; row < x.Rows; row++)
            {
                Span<Real> values = x.Values.Span.Slice(row * x.Columns, x.Columns);
                int found = 0;
                foreach (Real value in TensorPrimitives.IsFiniteAll<Real>(values) ? default : values)
                    found += Real.IsFinite(value) ? 0 : 1;
                counts.Span[next++] = found;
            }
        }
    }

    /// <inheritdoc/>
    public void PairRows(RowIds users, RowIds items, int first, Slice<int> pairUsers, Slice<int> pairItems)
    {
        OperationShapes.PairRows(users, items, first, pairUsers, pairItems);
        ReadOnlySpan<int> user = users.Values.Span, item = items.Values.Span;
        Span<int> userOf = pairUsers.Span, itemOf = pairItems.Span;
        for (int done = 0, run; done < userOf.Length; done += run)
        {
            // The following pairs of one user.
            int start = (first + done) % item.Length;
            run = Math.Min(userOf.Length - done, item.Length - start);
            userOf.Slice(done, run).Fill(user[(first + done) / item.Length]);
            item.Slice(start, run).CopyTo(itemOf[done..]);
        }
    }

    /// <inheritdoc/>
    public void TopK(Matrix scores, Slice<int> ranks, Slice<int> bestItems, Matrix bestScores)
    {
        OperationShapes.TopK(scores, ranks, bestItems, bestScores);
        int most = bestScores.Columns;
        for (int row = 0; row < scores.Rows; row++)
            Ops.TopK.Select(
                scores.Values.Span.Slice(row * scores.Columns, scores.Columns), ranks.Span, bestItems.Span.Slice(row * most, most),
                bestScores.Values.Span.Slice(row * most, most));
    }

    /// <inheritdoc/>
    public void Update<TRule>(Slice<Real> losses, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
            parameter.Check();
        if (losses.IsEmpty || TensorPrimitives.IsFiniteAll<Real>(losses.Span))
            Update(parameters);
        else
        {
            foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
                (parameter.IsWhole ? parameter.Gradient.Values.Span : default).Clear();
        }
    }

    /// <inheritdoc/>
    public abstract INetworkProgram? Compile(Network network);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected abstract void TakeSamples(
        Sample* samples, KeyedOrder order, int first, int* users, int* items, Real* labels, int count);

    private protected abstract void Unary<TOp>(Real* x, Real* y, int length)
        where TOp : unmanaged, IUnaryOp;

    private protected abstract void UnaryBackward<TOp>(Real* x, Real* dy, Real* dx, int length)
        where TOp : unmanaged, IUnaryOp;

    private protected abstract void Binary<TOp>(Real* a, Real* b, Real* y, int length)
        where TOp : unmanaged, IBinaryOp;

    private protected abstract void BinaryBackwardLeft<TOp>(Real* a, Real* b, Real* dy, Real* da, int length)
        where TOp : unmanaged, IBinaryOp;

    private protected abstract void BinaryBackwardRight<TOp>(Real* a, Real* b, Real* dy, Real* db, int length)
        where TOp : unmanaged, IBinaryOp;

    private protected abstract void Gather(Real* table, int* rows, Real* y, int count, int columns);
    private protected abstract void Dense(Real* x, Real* weight, Real* bias, Real* y, int rows, int inputs, int outputs);
    private protected abstract void DenseBackwardInput(Real* weight, Real* dy, Real* dx, int rows, int inputs, int outputs);
    private protected abstract void DenseBackwardParameters(
        Real* x, Real* dy, Real* dweight, Real* dbias, int rows, int inputs, int outputs);
    private protected abstract void CopyColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start, int rows);
    private protected abstract void AddColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start, int rows);
    private protected abstract Real Sum(Real* x, int length);

    // Moves parameters that have been checked. Clears gradients that are as large as their parameter.
    private protected abstract void Update<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule;
}
