// A matrix product with one column. A lane holds consecutive rows of the result. The matrix is read four columns at a time, transposed in
// registers. Each sum is the chain of MatrixTile.cs.

namespace ForecEngine.Kernels.Simd;

/// <summary>y[r] = start + sum over k of a[r, k] x[k], k = 0, 1, ... in order, one multiply-add each.</summary>
/// <remarks>
/// The caller checks the bounds: a is read at r stride + k, x at k and y written at r, for the swept rows r and k &lt; depth.
/// </remarks>
internal readonly unsafe struct MatrixVector(Real* a, nint stride, Real* x, int depth, Real start, Real* y) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane>
    {
        TLane sum = TLane.Broadcast(start);
        Real* rows = a + (i * stride);
        int k = 0;
        for (; k <= depth - 4; k += 4)
        {
            TLane.LoadColumns(rows + k, stride, out TLane c0, out TLane c1, out TLane c2, out TLane c3);
            sum = TLane.MultiplyAddOne(x + k, c0, sum);
            sum = TLane.MultiplyAddOne(x + k + 1, c1, sum);
            sum = TLane.MultiplyAddOne(x + k + 2, c2, sum);
            sum = TLane.MultiplyAddOne(x + k + 3, c3, sum);
        }

        for (; k < depth; k++)
            sum = TLane.MultiplyAddOne(x + k, TLane.LoadColumn(rows + k, stride), sum);
        TLane.Store(sum, y + i);
    }
}
