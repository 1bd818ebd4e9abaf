// An elementwise operation of one argument: a forward body, and its derivative times the output's adjoint, as functions of lanes. The
// devices have the loops.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = f(x), elementwise.</summary>
public interface IUnaryOp
{
    /// <summary>Whether f has a kink at 0, where difference quotients do not approximate the derivative.</summary>
    static virtual bool HasKinkAtZero => false;

    /// <summary>f(x).</summary>
    static abstract TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane>;

    /// <summary>f'(x) dy.</summary>
    static abstract TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane>;
}
