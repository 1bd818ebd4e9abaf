// The cross-entropy of a softmax over a positive and its sampled negatives, without a correction for how likely an item is drawn (Wu et
// al., "On the Effectiveness of Sampled Softmax Loss for Item Recommendation", TOIS 2024):
//   loss = ln(e^x[0] + e^x[1] + ...) - x[0].
// The logarithm is built from ln(e^a + e^b) = max(a, b) + ln(1 + e^-|a - b|), from left to right, so that nothing overflows.
// d/dx[k] = e^(x[k] - ln(...)), and 1 less for x[0].

namespace ForecEngine.Kernels.Ops;

/// <summary>The sampled softmax loss of a row.</summary>
public readonly struct SampledSoftmaxLoss : IRowLoss
{
    /// <inheritdoc/>
    public static TLane Forward<TLane, TMemory>(TMemory x, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        LogSum<TLane, TMemory>(x, columns, row) - x.Load(row * columns);

    /// <inheritdoc/>
    public static void Backward<TLane, TMemory>(TMemory x, TLane dy, TMemory dx, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int start = row * columns;
        TLane all = LogSum<TLane, TMemory>(x, columns, row);
        for (int i = start; i < start + columns; i++)
        {
            TLane share = LaneMath.Exp(x.Load(i) - all);
            dx.Store(i, TLane.MultiplyAdd(dy, i == start ? share - TLane.Broadcast(1) : share, dx.Load(i)));
        }
    }

    private static TLane LogSum<TLane, TMemory>(TMemory x, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int start = row * columns;
        TLane sum = x.Load(start);
        for (int i = start + 1; i < start + columns; i++)
        {
            TLane next = x.Load(i);
            sum = TLane.WhereGreater(next, sum, next, sum) + LaneMath.LogOnePlus(LaneMath.Exp(-LaneMath.Abs(next - sum)));
        }

        return sum;
    }
}
