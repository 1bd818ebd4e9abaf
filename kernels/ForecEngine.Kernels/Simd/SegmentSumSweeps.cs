// Segment sums (Ops/SegmentSum) as sweeps: a row of a sweep is a segment, and a lane holds consecutive columns.

namespace ForecEngine.Kernels.Simd;

internal readonly unsafe struct SegmentSumSweep(Real* x, Real* weights, int* starts, Real* y, int columns) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        SegmentSum.Forward<TLane, HostMemory<TLane>, HostMemory<ScalarLane>, HostIndices>(
            new(x), new(weights), new(starts), new(y), columns, row, column);
}

internal readonly unsafe struct SegmentSumBackwardSweep(Real* weights, int* starts, Real* dy, Real* dx, int columns) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        SegmentSum.Backward<TLane, HostMemory<TLane>, HostMemory<ScalarLane>, HostIndices>(
            new(weights), new(starts), new(dy), new(dx), columns, row, column);
}
