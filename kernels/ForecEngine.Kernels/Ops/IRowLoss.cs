// A loss that compares the logit of a positive with those of its negatives. A row of x has the positive's logit first, then the others.

namespace ForecEngine.Kernels.Ops;

/// <summary>A loss of a row of logits and its adjoint; lanes hold one number.</summary>
public interface IRowLoss
{
    /// <summary>The loss of a row of x, [rows, columns], in nats.</summary>
    static abstract TLane Forward<TLane, TMemory>(TMemory x, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>;

    /// <summary>dx[row] += dy times the derivative of the row's loss.</summary>
    static abstract void Backward<TLane, TMemory>(TMemory x, TLane dy, TMemory dx, int columns, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>;
}
