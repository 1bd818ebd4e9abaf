// The update rule of an optimiser for one element of a parameter, given its gradient and up to two running statistics. The device applies
// it to all elements, or to the rows that a minibatch touched. A parameter below 2^-100 becomes 0 (LaneMath.Settle).

namespace ForecEngine.Kernels.Ops;

/// <summary>One step of an optimiser. Implementations hold the step's constants.</summary>
public interface IUpdateRule
{
    /// <summary>The number of statistics: 0, 1 (m) or 2 (m and v). Each needs as much memory as the parameter.</summary>
    static abstract int Statistics { get; }

    /// <summary>The new value of an element. Updates the statistics m and v at <paramref name="i"/> if the rule keeps them.</summary>
    /// <param name="p">The element.</param>
    /// <param name="gradient">The derivative of the loss with respect to it, without weight decay.</param>
    /// <param name="m">The first statistic, or empty.</param>
    /// <param name="v">The second statistic, or empty.</param>
    /// <param name="i">The element's index in the statistics.</param>
    TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>;
}

/// <summary>The body of an update.</summary>
public static class ParameterElements
{
    /// <summary>Updates the lane of a parameter at <paramref name="i"/> by its gradient; the memories are indexed alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move<TRule, TLane, TMemory>(in TRule rule, TMemory p, TMemory m, TMemory v, TLane gradient, int i)
        where TRule : struct, IUpdateRule
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        p.Store(i, LaneMath.Settle(rule.Move(p.Load(i), gradient, m, v, i)));
}
