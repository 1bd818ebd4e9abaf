// The specification: every operation as the plainest loop over its body, one number at a time, on one thread.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels;

/// <summary>The scalar device, which the others are held to.</summary>
public sealed unsafe class ScalarDevice : IDevice
{
    private readonly RowGroups _groups = new();

    /// <inheritdoc/>
    public string Name => "scalar";

    /// <inheritdoc/>
    public bool IsHost => true;

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
        {
            for (int i = 0; i < x.Length; i++)
                Elementwise.Unary<TOp, ScalarLane, HostMemory<ScalarLane>>(new(px), new(py), i);
        }
    }

    /// <inheritdoc/>
    public void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp
    {
        Shapes.Require(dy, x.Length);
        Shapes.Require(dx, x.Length, optional: true);
        fixed (Real* px = x.Span, pdy = dy.Span, pdx = dx.Span)
        {
            for (int i = 0; i < dx.Length; i++)
                Elementwise.UnaryBackward<TOp, ScalarLane, HostMemory<ScalarLane>>(new(px), new(pdy), new(pdx), i);
        }
    }

    /// <inheritdoc/>
    public void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(y, a.Length);
        fixed (Real* pa = a.Span, pb = b.Span, py = y.Span)
        {
            for (int i = 0; i < a.Length; i++)
                Elementwise.Binary<TOp, ScalarLane, HostMemory<ScalarLane>>(new(pa), new(pb), new(py), i);
        }
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
            for (int i = 0; i < da.Length; i++)
                Elementwise.BinaryBackwardLeft<TOp, ScalarLane, HostMemory<ScalarLane>>(new(pa), new(pb), new(pdy), new(pda), i);
            for (int i = 0; i < db.Length; i++)
                Elementwise.BinaryBackwardRight<TOp, ScalarLane, HostMemory<ScalarLane>>(new(pa), new(pb), new(pdy), new(pdb), i);
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
        {
            for (int i = 0; i < y.Values.Length; i++)
                EmbeddingRows.Gather<ScalarLane, HostMemory<ScalarLane>, HostIndices>(
                    new(ptable), new(prows), new(py), y.Columns, i / y.Columns, i % y.Columns);
        }
    }

    /// <inheritdoc/>
    public void PutRows(Matrix x, RowIds rows, Matrix table)
    {
        Shapes.Require(table);
        Shapes.Require(x, rows.Count, table.Columns);
        Shapes.Require(rows, table.Rows);
        fixed (Real* ptable = table.Values.Span, px = x.Values.Span)
        fixed (int* prows = rows.Values.Span)
        {
            for (int i = 0; i < x.Values.Length; i++)
                EmbeddingRows.Put<ScalarLane, HostMemory<ScalarLane>, HostIndices>(
                    new(px), new(prows), new(ptable), x.Columns, i / x.Columns, i % x.Columns);
        }
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
        fixed (Real* px = x.Values.Span, pweight = weight.Values.Span, pbias = bias.Span, py = y.Values.Span)
        {
            for (int row = 0; row < y.Rows; row++)
            {
                for (int column = 0; column < y.Columns; column++)
                    DenseLayer.Forward<ScalarLane, HostMemory<ScalarLane>>(new(px), new(pweight), new(pbias), !bias.IsEmpty, new(py), x.Columns, y.Columns, row, column);
            }
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
        fixed (Real* px = x.Values.Span, pweight = weight.Values.Span, pdy = dy.Values.Span)
        fixed (Real* pdx = dx.Values.Span, pdweight = dweight.Values.Span, pdbias = dbias.Span)
        {
            for (int i = 0; i < dx.Values.Length; i++)
                DenseLayer.BackwardInput<ScalarLane, HostMemory<ScalarLane>>(new(pweight), new(pdy), new(pdx), inputs, outputs, i / inputs, i % inputs);
            for (int i = 0; i < dweight.Values.Length; i++)
                DenseLayer.BackwardWeight<ScalarLane, HostMemory<ScalarLane>>(new(px), new(pdy), new(pdweight), x.Rows, inputs, outputs, i / inputs, i % inputs);
            for (int output = 0; output < dbias.Length; output++)
                DenseLayer.BackwardBias<ScalarLane, HostMemory<ScalarLane>>(new(pdy), new(pdbias), x.Rows, outputs, output);
        }
    }

    /// <inheritdoc/>
    public void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        Shapes.Require(a);
        Shapes.Require(b, a.Rows, b.Columns);
        Shapes.Require(y, a.Rows, a.Columns + b.Columns);
        CopyColumns(a, y, 0);
        CopyColumns(b, y, a.Columns);

        static void CopyColumns(Matrix narrow, Matrix wide, int start)
        {
            fixed (Real* pnarrow = narrow.Values.Span, pwide = wide.Values.Span)
            {
                for (int i = 0; i < narrow.Values.Length; i++)
                    Concatenation.Forward<ScalarLane, HostMemory<ScalarLane>>(new(pnarrow), narrow.Columns, new(pwide), wide.Columns, start, i / narrow.Columns, i % narrow.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        Shapes.Require(dy);
        Shapes.Require(da, dy.Rows, dy.Columns - db.Columns, optional: true);
        Shapes.Require(db, dy.Rows, dy.Columns - da.Columns, optional: true);
        AddColumns(da, dy, 0);
        AddColumns(db, dy, da.Columns);

        static void AddColumns(Matrix narrow, Matrix wide, int start)
        {
            fixed (Real* pnarrow = narrow.Values.Span, pwide = wide.Values.Span)
            {
                for (int i = 0; i < narrow.Values.Length; i++)
                    Concatenation.Backward<ScalarLane, HostMemory<ScalarLane>>(new(pnarrow), narrow.Columns, new(pwide), wide.Columns, start, i / narrow.Columns, i % narrow.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void Mean(Slice<Real> x, Slice<Real> y)
    {
        Shapes.Require(y, 1);
        Real* partial = stackalloc Real[8];
        fixed (Real* px = x.Span)
        {
            Real sum = Reduce.Sum<ScalarLane, HostMemory<ScalarLane>, HostMemory<ScalarLane>>(new(px), new(partial), new(px), new(partial), x.Length);
            y.Span[0] = sum / Math.Max(1, x.Length);
        }
    }

    /// <inheritdoc/>
    public void MeanBackward(Slice<Real> dy, Slice<Real> dx)
    {
        Shapes.Require(dy, 1);
        foreach (ref Real d in dx.Span)
            d += dy.Span[0] / dx.Length;
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
        for (int sample = 0; sample < mask.Rows; sample++)
            Ops.DropoutMask.Draw(draws, users.Values.Span[sample], items.Values.Span[sample], mask.Values.Span.Slice(sample * mask.Columns, mask.Columns));
    }

    /// <inheritdoc/>
    public void CountNonFinite(Slice<Real> x, Slice<int> count)
    {
        Shapes.Require(count, 1);
        int found = 0;
        foreach (Real value in x.Span)
            found += Real.IsFinite(value) ? 0 : 1;
        count.Span[0] = found;
    }

    /// <inheritdoc/>
    public void Update<TRule>(Slice<Real> loss, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        Shapes.Require(loss, 1, optional: true);
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
            parameter.Check();
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            if (loss.IsEmpty || Real.IsFinite(loss.Span[0]))
                Update(parameter);
            if (parameter.IsWhole)
                parameter.Gradient.Values.Span.Clear();
        }
    }

    private void Update<TRule>(in ParameterUpdate<TRule> parameter)
        where TRule : unmanaged, IUpdateRule
    {
        TRule rule = parameter.Rule;
        (int rows, int columns) = (parameter.P.Rows, parameter.P.Columns);
        _groups.Build(parameter.Rows.Values.Span);
        ReadOnlySpan<int> touched = _groups.Rows.Span;
        int next = 0; // of the touched rows
        fixed (Real* p = parameter.P.Values.Span, m = parameter.M.Span, v = parameter.V.Span, gradient = parameter.Gradient.Values.Span)
        fixed (int* starts = _groups.Starts.Span, positions = _groups.Positions.Span)
        {
            for (int row = 0; row < rows; row++)
            {
                bool isTouched = parameter.IsWhole || (next < touched.Length && touched[next] == row);
                for (int column = 0; column < columns && (isTouched || !parameter.TouchedOnly); column++)
                {
                    Real g = 0;
                    if (parameter.IsWhole)
                        g = gradient[(row * columns) + column];
                    else if (isTouched)
                        g = EmbeddingRows.SumGroup<ScalarLane, HostMemory<ScalarLane>, HostIndices>(new(gradient), new(starts), new(positions), columns, next, column).Value;
                    int at = (row * columns) + column;
                    rule.Apply<ScalarLane, HostMemory<ScalarLane>>(new(p + at), new(m + at), new(v + at), new(&g), 0, 1);
                }

                if (isTouched)
                    next++;
            }
        }
    }

    /// <inheritdoc/>
    public INetworkProgram? Compile(Network network) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
