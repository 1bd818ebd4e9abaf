// Weighted sums of segments of rows, y[s, i] = sum over the rows k of segment s of w[k] x[k, i]: a user's vector from the vectors of the
// items that the user has. Every element is one chain of multiply-adds from 0, in the order of the rows.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of the segment sum, one lane of a segment at a time.</summary>
internal static class SegmentSum
{
    /// <summary>y[segment, column], overwritten.</summary>
    public static void Forward<TLane, TMemory, TScalars, TIndices>(
        TMemory x, TScalars weights, TIndices starts, TMemory y, int columns, int segment, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TScalars : struct, IMemory<ScalarLane>
        where TIndices : struct, IIndexMemory
    {
        TLane sum = TLane.Broadcast(0);
        int end = starts.Load(segment + 1);
        for (int k = starts.Load(segment); k < end; k++)
            sum = TLane.MultiplyAdd(TLane.Broadcast(weights.Load(k).Value), x.Load((k * columns) + column), sum);
        y.Store((segment * columns) + column, sum);
    }

    /// <summary>dx[k, column] += w[k] dy[segment, column] for the rows k of a segment.</summary>
    public static void Backward<TLane, TMemory, TScalars, TIndices>(
        TScalars weights, TIndices starts, TMemory dy, TMemory dx, int columns, int segment, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
        where TScalars : struct, IMemory<ScalarLane>
        where TIndices : struct, IIndexMemory
    {
        TLane adjoint = dy.Load((segment * columns) + column);
        int end = starts.Load(segment + 1);
        for (int k = starts.Load(segment); k < end; k++)
        {
            int at = (k * columns) + column;
            dx.Store(at, TLane.MultiplyAdd(TLane.Broadcast(weights.Load(k).Value), adjoint, dx.Load(at)));
        }
    }
}
