// The accelerator's segment sums and the cross-entropy over all items. The vectors, biases and logits of a block of items are in memory at
// a time.

using ILGPU.Runtime;
using Rows = ILGPU.ArrayView<int>;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice
{
    private GpuStorage<float>? _block; // of items: logits, vectors and biases; then the largest logit and the sum of each row

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
    public void SoftmaxLoss(
        Matrix x, in Catalogue items, RowIds targets, Slice<float> losses, Slice<float> normalisers, Slice<float> kept = default)
    {
        OperationShapes.SoftmaxLoss(x, items, targets, losses, normalisers);
        int rows = x.Rows;
        if (rows == 0)
            return;
        Slice<float> scratch = BlockScratch(x, items.Count);
        View largest = On(scratch.Part(scratch.Length - (2 * rows), rows)), totals = On(scratch.Part(scratch.Length - rows, rows));
        for (int first = 0; first < items.Count; first += SoftmaxLossKernels.BlockItems)
        {
            (Matrix vectors, Slice<float> biases) = GatherItems(items, first, scratch);
            Block logits = Logits(x, vectors, Math.Min(items.Count, SoftmaxLossKernels.BlockItems), scratch);
            _kernels.Find<
                Action<View, View, Rows, View, View, View, int, int>,
                Action<KernelConfig, View, View, Rows, View, View, View, int, int>>(SoftmaxLossKernels.AddExponentials)(
                OneGroupEach(rows), On(logits), On(biases), On(targets.Values), largest, totals, On(losses), first, logits.Columns);
        }

        Each<Action<Index1D, View, View, View, View>>(SoftmaxLossKernels.FinishLosses)(
            rows, largest, totals, On(normalisers), On(losses));
    }

    /// <inheritdoc/>
    public void SoftmaxLossBackward(
        Matrix x, in Catalogue items, RowIds targets, Slice<float> normalisers, Slice<float> dlosses, Matrix dx, Matrix ditems,
        Slice<float> dbias, Slice<float> kept = default)
    {
        OperationShapes.SoftmaxLossBackward(x, items, targets, normalisers, dlosses, dx, ditems, dbias);
        int rows = x.Rows;
        if (dx.Values.IsEmpty && ditems.Values.IsEmpty && dbias.IsEmpty)
            return;
        if (rows == 0)
        {
            Fill(ditems.Values, 0);
            Fill(dbias, 0);
            return;
        }

        Slice<float> scratch = BlockScratch(x, items.Count);
        for (int first = 0; first < items.Count; first += SoftmaxLossKernels.BlockItems)
        {
            (Matrix vectors, Slice<float> biases) = GatherItems(items, first, scratch);
            Block adjoints = Logits(x, vectors, Math.Min(items.Count, SoftmaxLossKernels.BlockItems), scratch);
            int count = adjoints.Columns;
            Each<Action<Index1D, View, View, Rows, View, View, int, int>>(SoftmaxLossKernels.LogitAdjoints)(
                rows * count, On(adjoints), On(biases), On(targets.Values), On(normalisers), On(dlosses), first, count);
            if (!ditems.Values.IsEmpty)
            {
                Block own = new Block(ditems).Part(first, count, 0, ditems.Columns);
                Multiply(adjoints, new Block(x), own, Transposed.A, ProductEnd.Overwrite, isLower: false);
            }

            if (!dbias.IsEmpty)
                Each<Action<Index1D, View, View, int, int, int>>(SoftmaxLossKernels.BiasAdjoints)(
                    count, On(adjoints), On(dbias), first, count, rows);
            if (!dx.Values.IsEmpty)
                Multiply(adjoints, new Block(vectors), new Block(dx), Transposed.None, ProductEnd.Add, isLower: false);
        }
    }

    // The vectors and biases of the block that begins with an item.
    private (Matrix Vectors, Slice<float> Biases) GatherItems(in Catalogue items, int first, Slice<float> scratch)
    {
        int most = Math.Min(items.Count, SoftmaxLossKernels.BlockItems), count = Math.Min(most, items.Count - first);
        int dimension = items.Vectors.Columns;
        Matrix vectors = new(scratch.Part(0, count * dimension), count, dimension);
        Slice<float> biases = scratch.Part(most * dimension, count);
        Gather(items.Vectors, Part(items.Rows), vectors);
        Gather(new Matrix(items.Biases, items.Biases.Length, 1), Part(items.BiasRows), new Matrix(biases, count, 1));
        return (vectors, biases);

        RowIds Part(RowIds rows) => RowIds.Known(rows.Values.Part(first, count), rows.Bound);
    }

    // The logits without biases of a block, [rows, items of the block], behind the memory of the largest block's vectors and biases.
    private Block Logits(Matrix x, Matrix vectors, int most, Slice<float> scratch)
    {
        Block logits = new(scratch, most * (vectors.Columns + 1), vectors.Rows, x.Rows, vectors.Rows);
        Multiply(new Block(x), new Block(vectors), logits, Transposed.B, ProductEnd.Overwrite, isLower: false);
        return logits;
    }

    // Earlier launches may still use the memory that a larger one replaces: the device runs them first.
    private Slice<float> BlockScratch(Matrix x, int items)
    {
        int length = checked((Math.Min(items, SoftmaxLossKernels.BlockItems) * (x.Rows + x.Columns + 1)) + (2 * x.Rows));
        if (_block is null || _block.Length < length)
        {
            _block?.Free();
            _block = null;
            _block = new GpuStorage<float>(this, length);
        }

        return _block.Slice(0, length);
    }
}
