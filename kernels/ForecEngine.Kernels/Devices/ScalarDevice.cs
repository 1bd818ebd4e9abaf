// The specification: every operation is a plain loop over its body, one number at a time, on one thread.

namespace ForecEngine.Kernels;

/// <summary>The scalar device. The other devices are compared with it.</summary>
public sealed unsafe class ScalarDevice : HostDevice
{
    private readonly RowGroups _groups = new();
    private HostStorage<Real> _sums = new(0);

    /// <inheritdoc/>
    public override string Name => "scalar";

    /// <inheritdoc/>
    public override INetworkProgram? Compile(Network network) => null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The garbage collector frees its memory.
    }

    private protected override void TakeSamples(
        Sample* samples, KeyedOrder order, int first, int* users, int* items, Real* labels, int count) =>
        SampleColumns.Take(samples, order, first, users, items, labels, count);

    private protected override void Unary<TOp>(Real* x, Real* y, int length)
    {
        for (int i = 0; i < length; i++)
            Elementwise.Unary<TOp, ScalarLane, HostMemory<ScalarLane>>(new(x), new(y), i);
    }

    private protected override void UnaryBackward<TOp>(Real* x, Real* dy, Real* dx, int length)
    {
        for (int i = 0; i < length; i++)
            Elementwise.UnaryBackward<TOp, ScalarLane, HostMemory<ScalarLane>>(new(x), new(dy), new(dx), i);
    }

    private protected override void Binary<TOp>(Real* a, Real* b, Real* y, int length)
    {
        for (int i = 0; i < length; i++)
            Elementwise.Binary<TOp, ScalarLane, HostMemory<ScalarLane>>(new(a), new(b), new(y), i);
    }

    private protected override void BinaryBackwardLeft<TOp>(Real* a, Real* b, Real* dy, Real* da, int length)
    {
        for (int i = 0; i < length; i++)
            Elementwise.BinaryBackwardLeft<TOp, ScalarLane, HostMemory<ScalarLane>>(new(a), new(b), new(dy), new(da), i);
    }

    private protected override void BinaryBackwardRight<TOp>(Real* a, Real* b, Real* dy, Real* db, int length)
    {
        for (int i = 0; i < length; i++)
            Elementwise.BinaryBackwardRight<TOp, ScalarLane, HostMemory<ScalarLane>>(new(a), new(b), new(dy), new(db), i);
    }

    private protected override void Gather(Real* table, int* rows, Real* y, int count, int columns)
    {
        for (int i = 0; i < count * columns; i++)
            EmbeddingRows.Gather<ScalarLane, HostMemory<ScalarLane>, HostIndices>(
                new(table), new(rows), new(y), columns, i / columns, i % columns);
    }

    private protected override void Dense(Real* x, Real* weight, Real* bias, Real* y, int rows, int inputs, int outputs)
    {
        for (int i = 0; i < rows * outputs; i++)
            DenseLayer.Forward<ScalarLane, HostMemory<ScalarLane>>(
                new(x), new(weight), new(bias), bias is not null, new(y), inputs, outputs, i / outputs, i % outputs);
    }

    private protected override void DenseBackwardInput(Real* weight, Real* dy, Real* dx, int rows, int inputs, int outputs)
    {
        for (int i = 0; i < rows * inputs; i++)
            DenseLayer.BackwardInput<ScalarLane, HostMemory<ScalarLane>>(
                new(weight), new(dy), new(dx), inputs, outputs, i / inputs, i % inputs);
    }

    private protected override void DenseBackwardParameters(
        Real* x, Real* dy, Real* dweight, Real* dbias, int rows, int inputs, int outputs)
    {
        for (int i = 0; i < outputs * inputs && dweight is not null; i++)
            DenseLayer.BackwardWeight<ScalarLane, HostMemory<ScalarLane>>(
                new(x), new(dy), new(dweight), rows, inputs, outputs, i / inputs, i % inputs);
        for (int output = 0; output < outputs && dbias is not null; output++)
            DenseLayer.BackwardBias<ScalarLane, HostMemory<ScalarLane>>(new(dy), new(dbias), rows, outputs, output);
    }

    private protected override void Multiply(in StridedProduct product)
    {
        for (int row = 0; row < product.Rows; row++)
        {
            for (int column = 0; column < (product.IsLower ? Math.Min(row + 1, product.Columns) : product.Columns); column++)
                product.Element(row, column);
        }
    }

    private protected override void TopDots(in DotPointers ranking)
    {
        Real score = 0;
        StridedProduct product = new()
        {
            AStep = 1,
            BStep = 1,
            BColumn = ranking.Depth,
            C = &score,
            Rows = 1,
            Columns = 1,
            Depth = ranking.Depth,
        };
        for (int user = 0; user < ranking.UserCount; user++)
        {
            int count = 0;
            for (int item = 0; item < ranking.ItemCount; item++)
            {
                product.A = ranking.Users + ((nint)user * ranking.Depth);
                product.B = ranking.Items + ((nint)item * ranking.Depth);
                product.Element(0, 0);
                if (ranking.Bias is not null)
                    score += ranking.Bias[item];
                ranking.NonFinite[user] |= Real.IsFinite(score) ? 0 : 1;
                count = ranking.Offer(user, count, item, score);
            }

            ranking.List(user, count).Finish();
        }
    }

    private protected override void Mirror(Real* a, int stride, int rows)
    {
        for (nint row = 0; row < rows; row++)
        {
            for (nint column = 0; column < row; column++)
                a[(column * stride) + row] = a[(row * stride) + column];
        }
    }

    private protected override void CopyColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start, int rows)
    {
        for (int i = 0; i < rows * columns; i++)
            Concatenation.Forward<ScalarLane, HostMemory<ScalarLane>>(
                new(narrow), columns, new(wide), wideColumns, start, i / columns, i % columns);
    }

    private protected override void AddColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start, int rows)
    {
        for (int i = 0; i < rows * columns; i++)
            Concatenation.Backward<ScalarLane, HostMemory<ScalarLane>>(
                new(narrow), columns, new(wide), wideColumns, start, i / columns, i % columns);
    }

    private protected override Real Sum(Real* x, int length)
    {
        Real* partial = stackalloc Real[8];
        return Reduce.Sum<ScalarLane, HostMemory<ScalarLane>, HostMemory<ScalarLane>>(new(x), new(partial), new(x), new(partial), length);
    }

    private protected override void SegmentSum(Real* x, Real* weights, int* starts, Real* y, int segments, int columns)
    {
        for (int i = 0; i < segments * columns; i++)
            Ops.SegmentSum.Forward<ScalarLane, HostMemory<ScalarLane>, HostMemory<ScalarLane>, HostIndices>(
                new(x), new(weights), new(starts), new(y), columns, i / columns, i % columns);
    }

    private protected override void SegmentSumBackward(Real* weights, int* starts, Real* dy, Real* dx, int segments, int columns)
    {
        for (int i = 0; i < segments * columns; i++)
            Ops.SegmentSum.Backward<ScalarLane, HostMemory<ScalarLane>, HostMemory<ScalarLane>, HostIndices>(
                new(weights), new(starts), new(dy), new(dx), columns, i / columns, i % columns);
    }

    private protected override void SoftmaxLoss(
        Real* x, in CataloguePointers items, int* targets, Real* losses, Real* normalisers, int rows, Slice<Real> kept) =>
        Ops.SoftmaxLoss.Forward(x, items, targets, losses, normalisers, rows);

    private protected override void SoftmaxLossBackward(
        Real* x, in CataloguePointers items, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias,
        int rows, Slice<Real> kept)
    {
        HostStorage<Real>.Reserve(ref _sums, (long)rows * items.Count);
        Ops.SoftmaxLoss.Backward(x, items, targets, normalisers, dlosses, dx, ditems, dbias, _sums.Slice().Pointer, rows);
    }

    private protected override void Update<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters)
    {
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
            Update(parameter);
    }

    private void Update<TRule>(in ParameterUpdate<TRule> parameter)
        where TRule : unmanaged, IUpdateRule
    {
        TRule rule = parameter.Rule;
        (int rows, int columns) = (parameter.P.Rows, parameter.P.Columns);
        Real* p = parameter.P.Values.Pointer, m = parameter.M.Pointer, v = parameter.V.Pointer;
        Real* gradient = parameter.Gradient.Values.Pointer;
        _groups.Build(parameter.Rows.Values.Span);
        ReadOnlySpan<int> touched = _groups.Rows.Span;
        if (!parameter.IsWhole)
            gradient = SumRows(gradient, parameter.Rows.Count, columns);
        int next = 0; // the gradients of the touched rows
        for (int row = 0; row < rows; row++)
        {
            bool isTouched = next < touched.Length && touched[next] == row;
            for (int column = 0; column < columns && (isTouched || !parameter.TouchedOnly); column++)
            {
                int at = (row * columns) + column;
                Real g = parameter.IsWhole ? gradient[at] : isTouched ? gradient[(next * columns) + column] : 0;
                ParameterElements.Move<TRule, ScalarLane, HostMemory<ScalarLane>>(rule, new(p + at), new(m + at), new(v + at), new(g), 0);
            }

            next += isTouched ? 1 : 0;
        }

        if (parameter.IsWhole)
            parameter.Gradient.Values.Span.Clear();
    }

    private Real* SumRows(Real* gradient, int positions, int columns)
    {
        HostStorage<Real>.Reserve(ref _sums, _groups.Count * columns);
        _sums.Span.Clear();
        Real* sums = _sums.Slice().Pointer;
        for (int i = 0; i < positions * columns; i++)
            EmbeddingRows.AddPosition<ScalarLane, HostMemory<ScalarLane>, HostIndices>(
                new(gradient), new(_groups.Groups.Pointer), new(sums), columns, i / columns, i % columns);
        return sums;
    }
}
