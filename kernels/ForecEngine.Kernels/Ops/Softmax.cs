// The softmax of each row, y[r, i] = e^(x[r, i] - max) / sum over j of e^(x[r, j] - max), where max is the row's largest element, so that
// no exponential overflows. Its adjoint is dx[r, i] += y[r, i] (dy[r, i] - sum over j of dy[r, j] y[r, j]). Sums go from left to right.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of the softmax, one row at a time.</summary>
internal static class Softmax
{
    /// <summary>y[row] = softmax(x[row]), overwritten.</summary>
    public static void Forward<TMemory>(TMemory x, TMemory y, int columns, int row)
        where TMemory : struct, IMemory<ScalarLane>
    {
        int start = row * columns, end = start + columns;
        ScalarLane largest = ScalarLane.Broadcast(Real.NegativeInfinity), sum = ScalarLane.Broadcast(0);
        for (int i = start; i < end; i++)
            largest = ScalarLane.WhereGreater(x.Load(i), largest, x.Load(i), largest);
        for (int i = start; i < end; i++)
        {
            ScalarLane power = LaneMath.Exp(x.Load(i) - largest);
            sum += power;
            y.Store(i, power);
        }

        for (int i = start; i < end; i++)
            y.Store(i, y.Load(i) / sum);
    }

    /// <summary>dx[row], added to.</summary>
    public static void Backward<TMemory>(TMemory y, TMemory dy, TMemory dx, int columns, int row)
        where TMemory : struct, IMemory<ScalarLane>
    {
        int start = row * columns, end = start + columns;
        ScalarLane shared = ScalarLane.Broadcast(0);
        for (int i = start; i < end; i++)
            shared = ScalarLane.MultiplyAdd(dy.Load(i), y.Load(i), shared);
        for (int i = start; i < end; i++)
            dx.Store(i, ScalarLane.MultiplyAdd(y.Load(i), dy.Load(i) - shared, dx.Load(i)));
    }
}
