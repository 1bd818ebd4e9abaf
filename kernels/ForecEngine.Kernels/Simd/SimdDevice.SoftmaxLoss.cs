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
        Real* x, Real* items, Real* bias, int* targets, Real* losses, Real* normalisers, int rows, int count, int dimension)
    {
        SoftmaxLossInput input = InputOf(items, bias, targets, rows, count, dimension);
        if (_bits >= 512)
            SoftmaxLoss<FourteenRows<Lane512>>(x, input, losses, normalisers);
        else if (_bits == 256)
            SoftmaxLoss<SixRows<Lane256>>(x, input, losses, normalisers);
        else
            SoftmaxLoss<SixRows<Lane128>>(x, input, losses, normalisers);
    }

    private protected override void SoftmaxLossBackward(
        Real* x, Real* items, Real* bias, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias, int rows,
        int count, int dimension)
    {
        SoftmaxLossInput input = InputOf(items, bias, targets, rows, count, dimension);
        if (_bits >= 512)
            SoftmaxLossBackward<FourteenRows<Lane512>>(x, input, normalisers, dlosses, dx, ditems, dbias);
        else if (_bits == 256)
            SoftmaxLossBackward<SixRows<Lane256>>(x, input, normalisers, dlosses, dx, ditems, dbias);
        else
            SoftmaxLossBackward<SixRows<Lane128>>(x, input, normalisers, dlosses, dx, ditems, dbias);
    }

    private void SoftmaxLoss<TTile>(Real* x, SoftmaxLossInput input, Real* losses, Real* normalisers)
        where TTile : struct, IProductTile
    {
        int blocks = Ops.SoftmaxLoss.Blocks(input.Count), padded = input.RowPanels<TTile>() * TTile.Columns;
        Reserve<TTile>(ref input, SoftmaxSumsJob<TTile>.ScratchLength(input), 0);
        PackRows<TTile>(x, input);
        HostStorage<Real>.Reserve(ref _sums, ((2L * blocks) + 1) * padded);
        Real* largest = _sums.Slice().Pointer, sums = largest + ((nint)blocks * padded), targetLogits = sums + ((nint)blocks * padded);
        _workers.Run(new SoftmaxSumsJob<TTile>(input, largest, sums, targetLogits), blocks);
        Sweep.Over(new MergeBlocksSweep(largest, sums, blocks, padded), 0, padded, _bits);
        for (int row = 0; row < input.Rows; row++)
        {
            normalisers[row] = largest[row] + Ops.SoftmaxLoss.Log(sums[row]);
            losses[row] = normalisers[row] - targetLogits[row];
        }
    }

    private void SoftmaxLossBackward<TTile>(
        Real* x, SoftmaxLossInput input, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias)
        where TTile : struct, IProductTile
    {
        int blocks = Ops.SoftmaxLoss.Blocks(input.Count), panels = input.RowPanels<TTile>(), padded = panels * TTile.Columns;
        (int rows, int dimension) = (input.Rows, input.Dimension);
        long columns = Panels.Length(dimension, TTile.Columns, rows);
        Reserve<TTile>(ref input, SoftmaxAdjointJob<TTile>.ScratchLength(input), columns);
        PackRows<TTile>(x, input);
        Real* packed = input.X + ((nint)padded * dimension);
        Panels byColumn = new(x, 1, dimension, dimension, TTile.Columns, rows, packed, _bits);
        for (int panel = 0; panel < byColumn.Count && ditems is not null; panel++)
            byColumn.Pack(panel);

        int paddedDimension = SoftmaxAdjointJob<TTile>.PaddedDimension(input);
        HostStorage<Real>.Reserve(ref _sums, (2L * padded) + (dx is null ? 0 : (long)blocks * padded * paddedDimension));
        Real* rowNormalisers = _sums.Slice().Pointer, rowAdjoints = rowNormalisers + padded;
        Real* parts = dx is null ? null : rowAdjoints + padded;
        PadRows(normalisers, rowNormalisers);
        PadRows(dlosses, rowAdjoints);
        _workers.Run(new SoftmaxAdjointJob<TTile>(input, rowNormalisers, rowAdjoints, packed, ditems, dbias, parts), blocks);
        if (dx is not null && blocks > 0)
            _workers.Run(new AddPartsJob(parts, blocks, panels, paddedDimension, TTile.Columns, dx, rows, dimension, _bits), panels);

        void PadRows(Real* from, Real* to)
        {
            new Span<Real>(from, rows).CopyTo(new Span<Real>(to, rows));
            new Span<Real>(to + rows, padded - rows).Clear();
        }
    }

    private SoftmaxLossInput InputOf(Real* items, Real* bias, int* targets, int rows, int count, int dimension) => new()
    {
        Items = items,
        Bias = bias,
        Targets = targets,
        Rows = rows,
        Count = count,
        Dimension = dimension,
        Bits = _bits,
    };

    // Memory for x in panels of rows, for more numbers after them, and for the threads.
    private void Reserve<TTile>(ref SoftmaxLossInput input, int scratchLength, long more)
        where TTile : struct, IProductTile
    {
        input.ScratchLength = scratchLength;
        HostStorage<Real>.Reserve(ref _packed, Panels.Length(input.Rows, TTile.Columns, input.Dimension) + more);
        HostStorage<Real>.Reserve(ref _scratch, (long)scratchLength * _workers.Count);
        input.X = _packed.Slice().Pointer;
        input.Scratch = _scratch.Slice().Pointer;
    }

    private void PackRows<TTile>(Real* x, in SoftmaxLossInput input)
        where TTile : struct, IProductTile
    {
        Panels byRow = new(x, input.Dimension, 1, input.Rows, TTile.Columns, input.Dimension, input.X, _bits);
        for (int panel = 0; panel < byRow.Count; panel++)
            byRow.Pack(panel);
    }
}
