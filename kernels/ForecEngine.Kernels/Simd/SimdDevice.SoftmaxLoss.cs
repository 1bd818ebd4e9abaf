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
        int blocks = Ops.SoftmaxLoss.Blocks(count);
        SoftmaxLossInput input = InputOf(x, items, bias, targets, rows, count, dimension);
        int padded = input.PaddedRows;
        HostStorage<Real>.Reserve(ref _sums, ((2L * blocks) + 1) * padded);
        Real* largest = _sums.Slice().Pointer, sums = largest + ((nint)blocks * padded), targetLogits = sums + ((nint)blocks * padded);
        _workers.Run(new SoftmaxSumsJob(input, largest, sums, targetLogits), blocks);
        Sweep.Over(new MergeBlocksSweep(largest, sums, blocks, padded), 0, padded, _bits);
        for (int row = 0; row < rows; row++)
        {
            normalisers[row] = largest[row] + Ops.SoftmaxLoss.Log(sums[row]);
            losses[row] = normalisers[row] - targetLogits[row];
        }
    }

    private protected override void SoftmaxLossBackward(
        Real* x, Real* items, Real* bias, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias, int rows,
        int count, int dimension)
    {
        int blocks = Ops.SoftmaxLoss.Blocks(count), padded = SoftmaxLossInput.Padded(rows);
        SoftmaxLossInput input = InputOf(x, items, bias, targets, rows, count, dimension);
        long panels = (long)rows * SoftmaxLossInput.Padded(dimension), parts = dx is null ? 0 : (long)blocks * rows * dimension;
        HostStorage<Real>.Reserve(ref _sums, (2L * padded) + panels + parts);
        Real* rowNormalisers = _sums.Slice().Pointer, rowAdjoints = rowNormalisers + padded, packed = rowAdjoints + padded;
        Real* part = packed + panels;
        PadRows(normalisers, rowNormalisers);
        PadRows(dlosses, rowAdjoints);
        SoftmaxLossInput.Pack(x, rows, dimension, packed);
        _workers.Run(
            new SoftmaxAdjointJob(input, rowNormalisers, rowAdjoints, packed, ditems, dbias, dx is null ? null : part), blocks);
        if (dx is not null)
            Run(new AddPartsSweep(part, blocks, (nint)rows * dimension, dx), rows * dimension);

        void PadRows(Real* from, Real* to)
        {
            new Span<Real>(from, rows).CopyTo(new Span<Real>(to, rows));
            new Span<Real>(to + rows, padded - rows).Clear();
        }
    }

    // Packs x and reserves the threads' scratch.
    private SoftmaxLossInput InputOf(Real* x, Real* items, Real* bias, int* targets, int rows, int count, int dimension)
    {
        SoftmaxLossInput input = new()
        {
            Items = items,
            Bias = bias,
            Targets = targets,
            Rows = rows,
            Count = count,
            Dimension = dimension,
            Bits = _bits,
        };
        HostStorage<Real>.Reserve(ref _packed, (long)input.PaddedRows * dimension);
        HostStorage<Real>.Reserve(ref _scratch, (long)input.ScratchLength * _workers.Count);
        input.Transposed = _packed.Slice().Pointer;
        input.Scratch = _scratch.Slice().Pointer;
        SoftmaxLossInput.PackTransposed(x, rows, dimension, input.Transposed);
        return input;
    }
}
