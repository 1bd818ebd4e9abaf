// What an optimiser is to a device: how the elements of a parameter move, given their gradients and up to two running
// statistics. The device decides which elements: all of them, or the rows that a minibatch touched. A rule is given runs of them, and
// loops itself, so that a vector of each of its constants is made once a run.

namespace ForecEngine.Kernels.Ops;

/// <summary>One step of an optimiser for a run of a parameter's elements. Implementations hold the step's constants.</summary>
public interface IUpdateRule
{
    /// <summary>How many statistics it keeps: none, m, or m and v. Those need memory as long as the parameter.</summary>
    static abstract int Statistics { get; }

    /// <summary>Updates p, and the statistics m and v where the rule keeps them, at the indices from <paramref name="start"/> on.</summary>
    /// <param name="p">The parameter.</param>
    /// <param name="m">The first statistic, indexed like p, or nothing.</param>
    /// <param name="v">The second statistic, indexed like p, or nothing.</param>
    /// <param name="gradients">The gradient of the loss, without any penalty, indexed like p.</param>
    /// <param name="start">The index of the first element.</param>
    /// <param name="count">How many elements: a multiple of the lane's width.</param>
    void Apply<TLane, TMemory>(TMemory p, TMemory m, TMemory v, TMemory gradients, int start, int count)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>;
}
