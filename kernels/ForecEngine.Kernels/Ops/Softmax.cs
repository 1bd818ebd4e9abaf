// The softmax of each row, y[r, i] = e^(x[r, i] - max) / sum over j of e^(x[r, j] - max), where max is the row's largest element, so that
// no exponential overflows. Its adjoint is dx[r, i] += y[r, i] (dy[r, i] - sum over j of dy[r, j] y[r, j]). Sums go from left to right.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of the softmax, one row at a time; lanes hold one number.</summary>
public static class Softmax
{
    /// <summary>y[row] = softmax(x[row]), overwritten.</summary>
    public static void Forward<TLane, TMemory>(TMemory x, TMemory y, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int start = row * columns, end = start + columns;
        TLane largest = TLane.Broadcast(Real.NegativeInfinity), sum = TLane.Broadcast(0);
        for (int i = start; i < end; i++)
            largest = TLane.WhereGreater(x.Load(i), largest, x.Load(i), largest);
        for (int i = start; i < end; i++)
        {
            TLane power = LaneMath.Exp(x.Load(i) - largest);
            sum += power;
            y.Store(i, power);
        }

        for (int i = start; i < end; i++)
            y.Store(i, y.Load(i) / sum);
    }

    /// <summary>dx[row], added to.</summary>
    public static void Backward<TLane, TMemory>(TMemory y, TMemory dy, TMemory dx, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int start = row * columns, end = start + columns;
        TLane shared = TLane.Broadcast(0);
        for (int i = start; i < end; i++)
            shared = TLane.MultiplyAdd(dy.Load(i), y.Load(i), shared);
        for (int i = start; i < end; i++)
            dx.Store(i, TLane.MultiplyAdd(y.Load(i), dy.Load(i) - shared, dx.Load(i)));
    }
}
