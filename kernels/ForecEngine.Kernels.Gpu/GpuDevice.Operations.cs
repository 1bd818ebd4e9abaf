// The operations of the accelerator, each after the checks of every device (OperationShapes). An empty result launches nothing.

using ILGPU.Runtime;
using Rows = ILGPU.ArrayView<int>;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice
{
    /// <inheritdoc/>
    public void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged
    {
        OperationShapes.Copy(source, destination);
        if (!source.IsEmpty)
            Queue.Copy(On(source), On(destination));
    }

    /// <inheritdoc/>
    public void Fill(Slice<float> x, float value)
    {
        if (!x.IsEmpty)
            Each<Action<Index1D, View, float>>(ReductionKernels.Fill)(x.Length, On(x), value);
    }

    /// <inheritdoc/>
    public void Unary<TOp>(Slice<float> x, Slice<float> y)
        where TOp : unmanaged, IUnaryOp
    {
        OperationShapes.Unary(x, y);
        if (!y.IsEmpty)
            Each<Action<Index1D, View, View>>(ElementwiseKernels.Unary<TOp>)(
                y.Length, On(x), On(y));
    }

    /// <inheritdoc/>
    public void UnaryBackward<TOp>(Slice<float> x, Slice<float> dy, Slice<float> dx)
        where TOp : unmanaged, IUnaryOp
    {
        OperationShapes.UnaryBackward(x, dy, dx);
        if (!dx.IsEmpty)
            Each<Action<Index1D, View, View, View>>(ElementwiseKernels.UnaryBackward<TOp>)(
                dx.Length, On(x), On(dy), On(dx));
    }

    /// <inheritdoc/>
    public void Binary<TOp>(Slice<float> a, Slice<float> b, Slice<float> y)
        where TOp : unmanaged, IBinaryOp
    {
        OperationShapes.Binary(a, b, y);
        if (!y.IsEmpty)
            Each<Action<Index1D, View, View, View>>(ElementwiseKernels.Binary<TOp>)(
                y.Length, On(a), On(b), On(y));
    }

    /// <inheritdoc/>
    public void BinaryBackward<TOp>(Slice<float> a, Slice<float> b, Slice<float> dy, Slice<float> da, Slice<float> db)
        where TOp : unmanaged, IBinaryOp
    {
        OperationShapes.BinaryBackward(a, b, dy, da, db);
        if (!da.IsEmpty)
            Each<Action<Index1D, View, View, View, View>>(
                ElementwiseKernels.BinaryBackwardLeft<TOp>)(
                da.Length, On(a), On(b), On(dy), On(da));
        if (!db.IsEmpty)
            Each<Action<Index1D, View, View, View, View>>(
                ElementwiseKernels.BinaryBackwardRight<TOp>)(
                db.Length, On(a), On(b), On(dy), On(db));
    }

    /// <inheritdoc/>
    public void Gather(Matrix table, RowIds rows, Matrix y)
    {
        OperationShapes.Gather(table, rows, y);
        if (!y.Values.IsEmpty)
            Each<Action<Index1D, View, Rows, View, int>>(RowKernels.Gather)(
                y.Values.Length, On(table.Values), On(rows.Values), On(y.Values), table.Columns);
    }

    /// <inheritdoc/>
    public void PutRows(Matrix x, RowIds rows, Matrix table)
    {
        OperationShapes.PutRows(x, rows, table);
        if (!x.Values.IsEmpty)
            Each<Action<Index1D, View, Rows, View, int>>(RowKernels.PutRows)(
                x.Values.Length, On(x.Values), On(rows.Values), On(table.Values), table.Columns);
    }

    /// <inheritdoc/>
    public void DrawSamples(in SampleDraws draws, Slice<Sample> samples)
    {
        draws.Check(samples);
        if (draws.Rows.IsEmpty)
            return;

        // An empty list is never read: other integers stand for it, because a driver takes no empty buffer.
        Slice<int> excluded = draws.Excluded.IsEmpty ? draws.Starts : draws.Excluded, pool = draws.Pool.IsEmpty ? draws.Starts : draws.Pool;
        Each<Action<Index1D, RandomSequence, ArrayView<Sample>, Rows, Rows, Rows, Rows, Rows, int, ArrayView<Sample>>>(
            SampleKernels.Draw)(
            draws.Rows.Length, draws.Draws, On(draws.Rows), On(draws.Starts), On(draws.Users), On(draws.ExcludedStarts), On(excluded),
            On(pool), draws.Pool.Length, On(samples));
    }

    /// <inheritdoc/>
    public void TakeSamples(in SampleRange range, Slice<int> users, Slice<int> items, Slice<float> labels)
    {
        range.Check(users, items, labels);
        if (range.Count > 0)
            Each<Action<Index1D, ArrayView<Sample>, int, int, RandomSequence, KeyedOrder, long, Rows, Rows, View>>(
                RowKernels.TakeSamples)(
                range.Count, On(range.Samples), range.Samples.Length, range.Group, range.Orders, range.OrderOf(0), range.First, On(users),
                On(items), On(labels));
    }

    /// <inheritdoc/>
    public void MapRows(Slice<int> map, RowIds rows, Slice<int> y)
    {
        OperationShapes.MapRows(map, rows, y);
        if (!y.IsEmpty)
            Each<Action<Index1D, Rows, Rows, Rows>>(RowKernels.MapRows)(
                y.Length, On(map), On(rows.Values), On(y));
    }

    /// <inheritdoc/>
    public void Dense(Matrix x, Matrix weight, Slice<float> bias, Matrix y)
    {
        OperationShapes.Dense(x, weight, bias, y);
        if (!y.Values.IsEmpty)
            Each<Action<Index1D, View, View, View, int, View, int, int>>(DenseKernels.Forward)(
                y.Values.Length, OnOrAbsent(x.Values), OnOrAbsent(weight.Values), OnOrAbsent(bias), bias.IsEmpty ? 0 : 1, On(y.Values),
                x.Columns, y.Columns);
    }

    /// <inheritdoc/>
    public void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<float> dbias)
    {
        OperationShapes.DenseBackward(x, weight, dy, dx, dweight, dbias);
        (int rows, int inputs, int outputs) = (x.Rows, x.Columns, weight.Rows);
        if (dy.Values.IsEmpty)
            return;
        if (!dx.Values.IsEmpty)
            Each<Action<Index1D, View, View, View, int, int>>(DenseKernels.BackwardInput)(
                dx.Values.Length, On(weight.Values), On(dy.Values), On(dx.Values), inputs, outputs);
        if (!dweight.Values.IsEmpty)
            Each<Action<Index1D, View, View, View, int, int, int>>(DenseKernels.BackwardWeight)(
                dweight.Values.Length, On(x.Values), On(dy.Values), On(dweight.Values), rows, inputs, outputs);
        if (!dbias.IsEmpty)
            Each<Action<Index1D, View, View, int, int>>(DenseKernels.BackwardBias)(
                dbias.Length, On(dy.Values), On(dbias), rows, outputs);
    }

    /// <inheritdoc/>
    public void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        OperationShapes.Concatenate(a, b, y);
        ForColumns(RowKernels.CopyColumns, a, y, start: 0);
        ForColumns(RowKernels.CopyColumns, b, y, start: a.Columns);
    }

    /// <inheritdoc/>
    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        OperationShapes.ConcatenateBackward(dy, da, db);
        ForColumns(RowKernels.AddColumns, da, dy, start: 0);
        ForColumns(RowKernels.AddColumns, db, dy, start: da.Columns);
    }

    /// <inheritdoc/>
    public void Mean(Slice<float> x, Slice<float> y)
    {
        OperationShapes.Mean(y);
        _kernels.Find<Action<View, View, int>, Action<KernelConfig, View, View, int>>(
            ReductionKernels.Mean)(OneGroupEach(1), OnOrAbsent(x), On(y), x.Length);
    }

    /// <inheritdoc/>
    public void MeanBackward(Slice<float> dy, Slice<float> dx)
    {
        OperationShapes.MeanBackward(dy);
        if (!dx.IsEmpty)
            Each<Action<Index1D, View, View, int>>(ReductionKernels.MeanBackward)(
                dx.Length, On(dy), On(dx), dx.Length);
    }

    /// <inheritdoc/>
    public void Softmax(Matrix x, Matrix y)
    {
        OperationShapes.Softmax(x, y);
        if (!y.Values.IsEmpty)
            Each<Action<Index1D, View, View, int>>(ReductionKernels.Softmax)(
                x.Rows, On(x.Values), On(y.Values), x.Columns);
    }

    /// <inheritdoc/>
    public void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx)
    {
        OperationShapes.SoftmaxBackward(y, dy, dx);
        if (!dx.Values.IsEmpty)
            Each<Action<Index1D, View, View, View, int>>(ReductionKernels.SoftmaxBackward)(
                y.Rows, On(y.Values), On(dy.Values), On(dx.Values), y.Columns);
    }

    /// <inheritdoc/>
    public void RowLoss<TLoss>(Matrix x, Slice<float> y)
        where TLoss : unmanaged, IRowLoss
    {
        OperationShapes.RowLoss(x, y);
        if (!x.Values.IsEmpty)
            Each<Action<Index1D, View, View, int>>(ReductionKernels.RowLoss<TLoss>)(x.Rows, On(x.Values), On(y), x.Columns);
    }

    /// <inheritdoc/>
    public void RowLossBackward<TLoss>(Matrix x, Slice<float> dy, Matrix dx)
        where TLoss : unmanaged, IRowLoss
    {
        OperationShapes.RowLossBackward(x, dy, dx);
        if (!dx.Values.IsEmpty)
            Each<Action<Index1D, View, View, View, int>>(ReductionKernels.RowLossBackward<TLoss>)(
                x.Rows, On(x.Values), On(dy), On(dx.Values), x.Columns);
    }

    /// <inheritdoc/>
    public void DropoutMask(in DropoutDraws draws, RowIds users, RowIds items, Matrix mask)
    {
        OperationShapes.DropoutMask(users, items, mask);
        if (mask.Values.IsEmpty)
            return;
        int blocks = Ops.DropoutMask.BlocksOf(mask.Columns);
        (ulong threshold, float kept) = Ops.DropoutMask.Constants(draws);
        Each<Action<Index1D, ulong, uint, uint, ulong, float, Rows, Rows, View, int, int>>(
            RowKernels.DropoutMask)(
            mask.Rows * blocks, draws.Layer.Seed, draws.Layer.Stream, unchecked((uint)draws.Step * (uint)blocks), threshold, kept,
            On(users.Values), On(items.Values), On(mask.Values), mask.Columns, blocks);
    }

    /// <inheritdoc/>
    public void CountNonFinite(Slice<int> counts, params ReadOnlySpan<Matrix> matrices)
    {
        OperationShapes.CountNonFinite(counts, matrices);
        if (counts.IsEmpty)
            return;
        ArrayView<int> rows = On(counts);
        Queue.Clear(rows.Cast<byte>());
        for (int row = 0; !matrices.IsEmpty; matrices = matrices[Math.Min(CheckedMatrices.Most, matrices.Length)..])
        {
            CheckedMatrices some = default;
            int groups = 0;
            for (int i = 0; i < CheckedMatrices.Most; i++)
            {
                Matrix matrix = i < matrices.Length ? matrices[i] : default;
                CheckedMatrix next = new()
                {
                    Values = OnOrAbsent(matrix.Values, nameof(matrices)),
                    Columns = matrix.Columns,
                    GroupsPerRow = FiniteKernels.GroupsPerRow(matrix.Columns),
                    FirstRow = row,
                };
                groups = checked(groups + (matrix.Rows * next.GroupsPerRow));
                next.End = groups;
                some.Set(i, next);
                row += matrix.Rows;
            }

            if (groups > 0)
                _kernels.Find<Action<CheckedMatrices, Rows>, Action<KernelConfig, CheckedMatrices, Rows>>(FiniteKernels.Count)(
                    new KernelConfig(groups, FiniteKernels.Threads), some, rows);
        }
    }

    /// <inheritdoc/>
    public void PairRows(RowIds users, RowIds items, int first, Slice<int> pairUsers, Slice<int> pairItems)
    {
        OperationShapes.PairRows(users, items, first, pairUsers, pairItems);
        if (!pairUsers.IsEmpty)
            Each<Action<Index1D, Rows, Rows, int, int, Rows, Rows>>(RowKernels.PairRows)(
                pairUsers.Length, On(users.Values), On(items.Values), items.Count, first, On(pairUsers), On(pairItems));
    }

    /// <inheritdoc/>
    public void TopK(Matrix scores, Slice<int> ranks, Slice<int> bestItems, Matrix bestScores)
    {
        OperationShapes.TopK(scores, ranks, bestItems, bestScores);
        if (!bestItems.IsEmpty)
            _kernels.Find<Action<View, Rows, Rows, View, int, int>, Action<KernelConfig, View, Rows, Rows, View, int, int>>(
                SelectionKernels.TopK)(
                OneGroupEach(scores.Rows), OnOrAbsent(scores.Values), On(ranks.IsEmpty ? bestItems : ranks), On(bestItems),
                On(bestScores.Values), scores.Columns, bestScores.Columns); // without columns, ranks are not read
    }

    private static KernelConfig OneGroupEach(int count) => new(count, ReductionKernels.Threads);

    // Runs a kernel over a matrix that is some of the columns of a wider one.
    private void ForColumns(Action<Index1D, View, int, View, int, int> kernel, Matrix narrow, Matrix wide, int start)
    {
        if (!narrow.Values.IsEmpty)
            Each(kernel)(narrow.Values.Length, On(narrow.Values), narrow.Columns, On(wide.Values), wide.Columns, start);
    }
}
