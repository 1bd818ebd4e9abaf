// What an optimiser is to a device: how one element of a parameter moves, given its gradient and up to two running
// statistics. The device decides which elements: all of them, or the rows that a minibatch touched.

namespace ForecEngine.Kernels.Ops;

/// <summary>One step of an optimiser for one lane of a parameter. Implementations hold the step's constants.</summary>
public interface IUpdateRule
{
    /// <summary>How many statistics it keeps: none, m, or m and v. Those need memory as long as the parameter.</summary>
    static abstract int Statistics { get; }

    /// <summary>Updates p, and the statistics m and v where the rule keeps them, at index <paramref name="i"/>.</summary>
    /// <param name="p">The parameter.</param>
    /// <param name="m">The first statistic, as long as p, or nothing.</param>
    /// <param name="v">The second statistic, as long as p, or nothing.</param>
    /// <param name="gradient">The gradient of the loss, without any penalty.</param>
    /// <param name="i">The index of the lane's first element.</param>
    void Apply<TLane, TMemory>(TMemory p, TMemory m, TMemory v, TLane gradient, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>;
}
