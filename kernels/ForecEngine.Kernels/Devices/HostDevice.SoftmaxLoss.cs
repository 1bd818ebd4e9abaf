// The segment sums and the cross-entropy over all items of the devices whose memory is the host's.

namespace ForecEngine.Kernels;

public abstract unsafe partial class HostDevice
{
    /// <inheritdoc/>
    public void SegmentSum(Matrix x, Slice<Real> weights, Segments segments, Matrix y)
    {
        OperationShapes.SegmentSum(x, weights, segments, y);
        fixed (Real* px = x.Values.Span, pweights = weights.Span, py = y.Values.Span)
        fixed (int* starts = segments.Starts.Span)
            SegmentSum(px, pweights, starts, py, segments.Count, y.Columns);
    }

    /// <inheritdoc/>
    public void SegmentSumBackward(Slice<Real> weights, Segments segments, Matrix dy, Matrix dx)
    {
        OperationShapes.SegmentSumBackward(weights, segments, dy, dx);
        fixed (Real* pweights = weights.Span, pdy = dy.Values.Span, pdx = dx.Values.Span)
        fixed (int* starts = segments.Starts.Span)
        {
            if (pdx is not null)
                SegmentSumBackward(pweights, starts, pdy, pdx, segments.Count, dy.Columns);
        }
    }

    /// <inheritdoc/>
    public void SoftmaxLoss(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> losses, Slice<Real> normalisers, Slice<Real> kept = default)
    {
        OperationShapes.SoftmaxLoss(x, items, targets, losses, normalisers);
        fixed (Real* px = x.Values.Span, plosses = losses.Span, pln = normalisers.Span)
        fixed (Real* vectors = items.Vectors.Values.Span, biases = items.Biases.Span)
        fixed (int* ptargets = targets.Values.Span, rows = items.Rows.Values.Span, biasRows = items.BiasRows.Values.Span)
            SoftmaxLoss(px, PointersOf(items, vectors, rows, biases, biasRows), ptargets, plosses, pln, x.Rows, kept);
    }

    /// <inheritdoc/>
    public void SoftmaxLossBackward(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> normalisers, Slice<Real> dlosses, Matrix dx, Matrix ditems,
        Slice<Real> dbias, Slice<Real> kept = default)
    {
        OperationShapes.SoftmaxLossBackward(x, items, targets, normalisers, dlosses, dx, ditems, dbias);
        fixed (Real* px = x.Values.Span, pln = normalisers.Span, pdlosses = dlosses.Span)
        fixed (Real* vectors = items.Vectors.Values.Span, biases = items.Biases.Span)
        fixed (Real* pdx = dx.Values.Span, pditems = ditems.Values.Span, pdbias = dbias.Span)
        fixed (int* ptargets = targets.Values.Span, rows = items.Rows.Values.Span, biasRows = items.BiasRows.Values.Span)
        {
            SoftmaxLossBackward(
                px, PointersOf(items, vectors, rows, biases, biasRows), ptargets, pln, pdlosses, pdx, pditems, pdbias, x.Rows,
                kept);
        }
    }

    private static CataloguePointers PointersOf(in Catalogue items, Real* vectors, int* rows, Real* biases, int* biasRows) => new()
    {
        Vectors = vectors,
        Rows = rows,
        Biases = biases,
        BiasRows = biasRows,
        Count = items.Count,
        Dimension = items.Vectors.Columns,
    };

    private protected abstract void SegmentSum(Real* x, Real* weights, int* starts, Real* y, int segments, int columns);
    private protected abstract void SegmentSumBackward(Real* weights, int* starts, Real* dy, Real* dx, int segments, int columns);
    private protected abstract void SoftmaxLoss(
        Real* x, in CataloguePointers items, int* targets, Real* losses, Real* normalisers, int rows, Slice<Real> kept);
    private protected abstract void SoftmaxLossBackward(
        Real* x, in CataloguePointers items, int* targets, Real* normalisers, Real* dlosses, Real* dx, Real* ditems, Real* dbias,
        int rows, Slice<Real> kept);
}
