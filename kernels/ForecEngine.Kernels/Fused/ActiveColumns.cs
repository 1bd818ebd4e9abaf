// Matrices with fewer columns, or rows, than there are units (ActiveUnits.cs), and the way back.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>y[row] = x[rows[row]], 0 where that is -1; rows of x are <paramref name="stride"/> apart.</summary>
internal readonly unsafe struct TakeRows(Real* x, nint stride, int* rows, Real* y, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        int from = rows is null ? row : rows[row];
        TLane.Store(from < 0 ? TLane.Broadcast(0) : TLane.Load(x + (from * stride) + column), y + ((nint)row * columns) + column);
    }
}

/// <summary>x[row, i] = x[row, units[i]], in place: units ascend, and none is before its column. What was further right is overwritten in part.</summary>
internal readonly unsafe struct PushTogether(Real* x, nint stride, int rows, int* units, int count, Real* picks) : IRunSweep
{
    /// <summary>The columns [start, end) that units are taken from. Overwrites as many picks as a vector is wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Over<TLane>(int start, int end)
        where TLane : struct, IHostLane<TLane>
    {
        new Span<Real>(picks, TLane.Width).Clear();
        int to = 0;
        while (to < count && units[to] < start)
            to++;
        for (int column = start; column < end; column += TLane.Width)
        {
            int next = to;
            for (; next < count && units[next] < column + TLane.Width; next++)
                picks[next - to] = units[next] - column;
            if (next > to && next < column + TLane.Width)
            {
                // The vector is put at or before where it was taken from: it ends before the one taken next.
                TLane picked = TLane.Load(picks);
                Real* from = x + column, left = x + to;
                for (int row = rows; row > 0; row--, from += stride, left += stride)
                    TLane.Store(TLane.Pick(TLane.Load(from), picked), left);
            }

            to = next;
        }
    }
}

/// <summary>y[row, i] = x[rows[row], places[i]], 0 where either is -1. Places ascend by one, besides -1; x has room for a vector behind it.</summary>
internal readonly unsafe struct PullApart(Real* x, nint stride, int* rows, int height, int* places, Real* y, nint yStride, Real* picks) : IRunSweep
{
    /// <summary>The columns [start, end) of y. Overwrites as many picks as a vector is wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Over<TLane>(int start, int end)
        where TLane : struct, IHostLane<TLane>
    {
        TLane zero = TLane.Broadcast(0);
        for (int column = start; column < end; column += TLane.Width)
        {
            int first = -1;
            for (int i = 0; i < TLane.Width; i++)
            {
                int place = places[column + i];
                first = first < 0 ? place : first;
                picks[i] = place < 0 ? -1 : place - first;
            }

            TLane picked = TLane.Load(picks), absolute = TLane.WhereGreater(zero, picked, zero, picked);
            Real* from = x + Math.Max(first, 0), to = y + column;
            for (int row = 0; row < height; row++, to += yStride)
            {
                int at = rows is null ? row : rows[row];
                TLane values = at < 0 ? zero : TLane.Pick(TLane.Load(from + (at * stride)), absolute);
                TLane.Store(TLane.WhereGreater(zero, picked, zero, values), to);
            }
        }
    }
}
