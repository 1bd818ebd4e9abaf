// The vector device's segment sums and the cross-entropy over all items.

namespace ForecEngine.Kernels.Simd;

public sealed unsafe partial class SimdDevice
{
    private HostStorage<Real> _packed = new(0);
    private HostStorage<Real> _sums = new(0);

    private protected override void SegmentSum(Real* x, Real* weights, int* starts, Real* y, int segments, int columns) =>
        Run(new SegmentSumSweep(x, weights, starts, y, columns), segments, columns);

    private protected override void SegmentSumBackward(Real* weights, int* starts, Real* dy, Real* dx, int segments, int columns) =>
        Run(new SegmentSumBackwardSweep(weights, starts, dy, dx, columns), segments, columns);

    private protected override void SoftmaxLoss(
        Real* x, in CataloguePointers items, int* targets, Real* losses, Real* normalisers, int rows, Slice<Real> kept)
    {
        if (_bits >= 512)
            SoftmaxLoss<FourteenRows<Lane512>>(x, items, targets, losses, normalisers, rows, kept);
        else if (_bits == 256)
            SoftmaxLoss<SixRows<Lane256>>(x, items, targets, losses, normalisers, rows, kept);
        else
            SoftmaxLoss<SixRows<Lane128>>(x, items, targets, losses, normalisers, rows, kept);
    }

    private protected override void SoftmaxLossBackward(
        Real* x, in CataloguePointers items, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias,
        int rows, Slice<Real> kept)
    {
        if (_bits >= 512)
            SoftmaxLossBackward<FourteenRows<Lane512>>(x, items, targets, normalisers, dlosses, dx, ditems, dbias, rows, kept);
        else if (_bits == 256)
            SoftmaxLossBackward<SixRows<Lane256>>(x, items, targets, normalisers, dlosses, dx, ditems, dbias, rows, kept);
        else
            SoftmaxLossBackward<SixRows<Lane128>>(x, items, targets, normalisers, dlosses, dx, ditems, dbias, rows, kept);
    }

    private void SoftmaxLoss<TTile>(
        Real* x, in CataloguePointers items, int* targets, Real* losses, Real* normalisers, int rows, Slice<Real> kept)
        where TTile : struct, IProductTile
    {
        SoftmaxLossInput input = InputOf<TTile>(x, items, targets, rows, kept, 0);
        int blocks = Ops.SoftmaxLoss.Blocks(items.Count), padded = input.RowPanels<TTile>() * TTile.Columns;
        HostStorage<Real>.Reserve(ref _sums, ((2L * blocks) + 1) * padded);
        Real* largest = _sums.Slice().Pointer, sums = largest + ((nint)blocks * padded), targetLogits = sums + ((nint)blocks * padded);
        _workers.Run(new SoftmaxSumsJob<TTile>(input, largest, sums, targetLogits), blocks);
        Sweep.Over(new MergeBlocksSweep(largest, sums, blocks, padded), 0, padded, _bits);
        for (int row = 0; row < rows; row++)
        {
            normalisers[row] = largest[row] + Ops.SoftmaxLoss.Log(sums[row]);
            losses[row] = normalisers[row] - targetLogits[row];
        }
    }

    private void SoftmaxLossBackward<TTile>(
        Real* x, in CataloguePointers items, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias, int rows,
        Slice<Real> kept)
        where TTile : struct, IProductTile
    {
        int blocks = Ops.SoftmaxLoss.Blocks(items.Count), dimension = items.Dimension;
        int stride = SoftmaxLossInput.Of<TTile>(items, targets, rows, _bits).VectorStride;
        SoftmaxLossInput input = InputOf<TTile>(x, items, targets, rows, kept, (long)rows * stride);
        int padded = input.RowPanels<TTile>() * TTile.Columns;
        Real* vectors = input.X + ((nint)padded * dimension);
        for (int row = 0; row < rows; row++)
        {
            Span<Real> vector = new(vectors + ((nint)row * stride), stride);
            new ReadOnlySpan<Real>(x + ((nint)row * dimension), dimension).CopyTo(vector);
            vector[dimension..].Clear();
        }

        nint distance = (nint)SoftmaxLossInput.Whole(rows, TTile.Rows) * stride; // of two blocks' parts
        HostStorage<Real>.Reserve(ref _sums, (2L * padded) + (dx is null ? 0 : blocks * distance));
        Real* rowNormalisers = _sums.Slice().Pointer, rowAdjoints = rowNormalisers + padded;
        Real* parts = dx is null ? null : rowAdjoints + padded;
        PadRows(normalisers, rowNormalisers);
        PadRows(dlosses, rowAdjoints);
        _workers.Run(new SoftmaxAdjointJob<TTile>(input, rowNormalisers, rowAdjoints, vectors, ditems, dbias, parts), blocks);
        if (dx is not null && blocks > 0)
            Run(new AddPartsSweep(parts, blocks, distance, stride, dx, dimension), rows, dimension);

        void PadRows(Real* from, Real* to)
        {
            new Span<Real>(from, rows).CopyTo(new Span<Real>(to, rows));
            new Span<Real>(to + rows, padded - rows).Clear();
        }
    }

    // The arguments, with x in panels of rows, room for more numbers after them, and memory for the threads.
    private SoftmaxLossInput InputOf<TTile>(
        Real* x, in CataloguePointers items, int* targets, int rows, Slice<Real> kept, long more)
        where TTile : struct, IProductTile
    {
        SoftmaxLossInput input = SoftmaxLossInput.Of<TTile>(items, targets, rows, _bits);
        HostStorage<Real>.Reserve(ref _packed, Panels.Length(rows, TTile.Columns, items.Dimension) + more);
        HostStorage<Real>.Reserve(ref _scratch, input.ScratchLength * _workers.Count);
        input.X = _packed.Slice().Pointer;
        input.Scratch = _scratch.Slice().Pointer;
        input.Kept = kept.IsEmpty ? null : kept.Pointer;
        input.KeptLength = kept.Length;
        Panels byRow = new(x, items.Dimension, 1, rows, TTile.Columns, items.Dimension, input.X, _bits);
        for (int panel = 0; panel < byRow.Count; panel++)
            byRow.Pack(panel);
        return input;
    }
}
