// The accelerator's segment sums and the cross-entropy over all items. The logits of a block of items are in memory at a time.

using ILGPU.Runtime;
using Rows = ILGPU.ArrayView<int>;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice
{
    private GpuStorage<float>? _logits; // of a block, then the largest logit and the sum of each row

    /// <inheritdoc/>
    public void SegmentSum(Matrix x, Slice<float> weights, Segments segments, Matrix y)
    {
        OperationShapes.SegmentSum(x, weights, segments, y);
        if (!y.Values.IsEmpty)
            Each<Action<Index1D, View, View, Rows, View, int>>(RowKernels.SegmentSum)(
                y.Values.Length, OnOrAbsent(x.Values), OnOrAbsent(weights), On(segments.Starts), On(y.Values), y.Columns);
    }

    /// <inheritdoc/>
    public void SegmentSumBackward(Slice<float> weights, Segments segments, Matrix dy, Matrix dx)
    {
        OperationShapes.SegmentSumBackward(weights, segments, dy, dx);
        if (!dx.Values.IsEmpty)
            Each<Action<Index1D, View, Rows, View, View, int>>(RowKernels.SegmentSumBackward)(
                dy.Values.Length, On(weights), On(segments.Starts), On(dy.Values), On(dx.Values), dy.Columns);
    }

    /// <inheritdoc/>
    public void SoftmaxLoss(Matrix x, Matrix items, Slice<float> bias, RowIds targets, Slice<float> losses, Slice<float> normalisers)
    {
        OperationShapes.SoftmaxLoss(x, items, bias, targets, losses, normalisers);
        int rows = x.Rows;
        if (rows == 0)
            return;
        Slice<float> scratch = BlockScratch(rows, items.Rows);
        View largest = On(scratch.Part(scratch.Length - (2 * rows), rows)), totals = On(scratch.Part(scratch.Length - rows, rows));
        for (int first = 0; first < items.Rows; first += SoftmaxLossKernels.BlockItems)
        {
            Block logits = Logits(x, items, first, scratch);
            _kernels.Find<
                Action<View, View, Rows, View, View, View, int, int>,
                Action<KernelConfig, View, View, Rows, View, View, View, int, int>>(SoftmaxLossKernels.AddExponentials)(
                OneGroupEach(rows), On(logits), On(bias), On(targets.Values), largest, totals, On(losses), first, logits.Columns);
        }

        Each<Action<Index1D, View, View, View, View>>(SoftmaxLossKernels.FinishLosses)(
            rows, largest, totals, On(normalisers), On(losses));
    }

    /// <inheritdoc/>
    public void SoftmaxLossBackward(
        Matrix x, Matrix items, Slice<float> bias, RowIds targets, Slice<float> normalisers, Slice<float> dlosses, Matrix dx,
        Matrix ditems, Slice<float> dbias)
    {
        OperationShapes.SoftmaxLossBackward(x, items, bias, targets, normalisers, dlosses, dx, ditems, dbias);
        int rows = x.Rows;
        if (rows == 0 || (dx.Values.IsEmpty && ditems.Values.IsEmpty && dbias.IsEmpty))
            return;
        Slice<float> scratch = BlockScratch(rows, items.Rows);
        for (int first = 0; first < items.Rows; first += SoftmaxLossKernels.BlockItems)
        {
            Block adjoints = Logits(x, items, first, scratch);
            int count = adjoints.Columns;
            Each<Action<Index1D, View, View, Rows, View, View, int, int>>(SoftmaxLossKernels.LogitAdjoints)(
                rows * count, On(adjoints), On(bias), On(targets.Values), On(normalisers), On(dlosses), first, count);
            if (!ditems.Values.IsEmpty)
                Multiply(adjoints, new Block(x), ItemsOf(ditems, first), Transposed.A, ProductEnd.Add, isLower: false);
            if (!dbias.IsEmpty)
                Each<Action<Index1D, View, View, int, int, int>>(SoftmaxLossKernels.AddBiasAdjoints)(
                    count, On(adjoints), On(dbias), first, count, rows);
            if (!dx.Values.IsEmpty)
                Multiply(adjoints, ItemsOf(items, first), new Block(dx), Transposed.None, ProductEnd.Add, isLower: false);
        }
    }

    // The logits without biases of a block, [rows, items of the block].
    private Block Logits(Matrix x, Matrix items, int first, Slice<float> scratch)
    {
        Block own = ItemsOf(items, first);
        Block logits = new(scratch, 0, own.Rows, x.Rows, own.Rows);
        Multiply(new Block(x), own, logits, Transposed.B, ProductEnd.Overwrite, isLower: false);
        return logits;
    }

    private static Block ItemsOf(Matrix items, int first) =>
        new Block(items).Part(first, Math.Min(SoftmaxLossKernels.BlockItems, items.Rows - first), 0, items.Columns);

    // Earlier launches may still use the memory that a larger one replaces: the device runs them first.
    private Slice<float> BlockScratch(int rows, int items)
    {
        int length = checked((rows * Math.Min(items, SoftmaxLossKernels.BlockItems)) + (2 * rows));
        if (_logits is null || _logits.Length < length)
        {
            _logits?.Free();
            _logits = null;
            _logits = new GpuStorage<float>(this, length);
        }

        return _logits.Slice(0, length);
    }
}
