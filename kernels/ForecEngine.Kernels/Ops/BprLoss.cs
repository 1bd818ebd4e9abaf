// Bayesian personalised ranking (Rendle, Freudenthaler, Gantner and Schmidt-Thieme, UAI 2009): the mean over a positive's n negatives of
//   -ln s(x[0] - x[k]) = max(d, 0) + ln(1 + e^-|d|),  d = x[k] - x[0],  s the sigmoid.
// d/dx[k] = s(d) / n, and d/dx[0] is minus their sum. A row without negatives has the loss 0.

namespace ForecEngine.Kernels.Ops;

/// <summary>The BPR loss of a row.</summary>
public readonly struct BprLoss : IRowLoss
{
    /// <inheritdoc/>
    public static TLane Forward<TLane, TMemory>(TMemory x, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int start = row * columns;
        TLane positive = x.Load(start), sum = TLane.Broadcast(0);
        for (int i = start + 1; i < start + columns; i++)
            sum += BinaryCrossEntropy.Forward(x.Load(i) - positive, TLane.Broadcast(0));
        return sum * Share<TLane>(columns);
    }

    /// <inheritdoc/>
    public static void Backward<TLane, TMemory>(TMemory x, TLane dy, TMemory dx, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int start = row * columns;
        TLane positive = x.Load(start), weight = dy * Share<TLane>(columns), sum = TLane.Broadcast(0);
        for (int i = start + 1; i < start + columns; i++)
        {
            TLane adjoint = LaneMath.Sigmoid(x.Load(i) - positive) * weight;
            dx.Store(i, dx.Load(i) + adjoint);
            sum += adjoint;
        }

        dx.Store(start, dx.Load(start) - sum);
    }

    private static TLane Share<TLane>(int columns)
        where TLane : struct, ILane<TLane> => TLane.Broadcast(columns > 1 ? (Real)1 / (columns - 1) : 0);
}
