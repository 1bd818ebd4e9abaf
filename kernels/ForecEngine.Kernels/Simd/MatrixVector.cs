// A matrix product of one column: no row of it is as long as a vector, so the lanes run along the rows. They read the matrix by
// columns, turned four at a time in registers. Each sum is the chain that Simd/MatrixTile gives.

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels.Simd;

/// <summary>y[r] = start + sum over k of a[r, k] x[k], k = 0, 1, ... in order, one multiply-add each; a's rows are <paramref name="stride"/> apart.</summary>
/// <remarks>The caller owns the bounds: of a, y and x are read or written a[r stride + k], y[r] and x[k] for the rows r swept over and k &lt; depth.</remarks>
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
