// Columns of active units (ActiveUnits.cs) moved together, and moved back to their units' places.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>x[row, places[i]] = x[row, i], in place, where a place is not -1. Places ascend by one from 0, besides -1.</summary>
/// <remarks>Swept over the columns that are read. Overwrites a vector of picks, and the columns right of the last place.</remarks>
internal readonly unsafe struct PushTogether(Real* x, nint stride, int rows, int* places, Real* picks) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int _, int column)
        where TLane : struct, IHostLane<TLane>
    {
        new Span<Real>(picks, TLane.Width).Clear();
        int first = -1, count = 0;
        for (int i = 0; i < TLane.Width; i++)
        {
            if (places[column + i] < 0)
                continue;
            first = first < 0 ? places[column + i] : first;
            picks[count++] = i;
        }

        if (count == 0 || (first == column && count == TLane.Width))
            return;

        // A place is never behind its column: what is overwritten ends before the vector that is taken next.
        TLane picked = TLane.Load(picks);
        Real* from = x + column, to = x + first;
        for (int row = rows; row > 0; row--, from += stride, to += stride)
            TLane.Store(TLane.Pick(TLane.Load(from), picked), to);
    }
}

/// <summary>y[row, i] = x[rows[row], places[i]], or 0 where either is -1. Places ascend by one, besides -1.</summary>
/// <remarks>Swept over the columns of y. Overwrites a vector of picks, and reads up to a vector past the end of x.</remarks>
internal readonly unsafe struct PullApart(
    Real* x, nint stride, int* rows, int height, int* places, Real* y, nint yStride, Real* picks) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int _, int column)
        where TLane : struct, IHostLane<TLane>
    {
        int first = -1;
        for (int i = 0; i < TLane.Width; i++)
        {
            int place = places[column + i];
            first = first < 0 ? place : first;
            picks[i] = place < 0 ? -1 : place - first;
        }

        TLane zero = TLane.Broadcast(0), picked = TLane.Load(picks), absolute = TLane.WhereGreater(zero, picked, zero, picked);
        Real* from = x + Math.Max(first, 0), to = y + column;
        for (int row = 0; row < height; row++, to += yStride)
        {
            int at = rows is null ? row : rows[row];
            TLane values = at < 0 ? zero : TLane.Pick(TLane.Load(from + (at * stride)), absolute);
            TLane.Store(TLane.WhereGreater(zero, picked, zero, values), to);
        }
    }
}
