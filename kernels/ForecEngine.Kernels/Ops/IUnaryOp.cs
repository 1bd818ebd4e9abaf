// What an elementwise operation of one argument is: a forward body and its derivative times the output's adjoint,
// both functions of lanes. The loops that drive them are the devices' own, written once.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = f(x), elementwise.</summary>
public interface IUnaryOp
{
    /// <summary>Whether f has a kink at 0, where no difference quotient says what its derivative is.</summary>
    static virtual bool HasKinkAtZero => false;

    /// <summary>f(x).</summary>
    static abstract TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane>;

    /// <summary>f'(x) dy.</summary>
    static abstract TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane>;
}
