// An elementwise operation of two arguments.

namespace ForecEngine.Kernels.Ops;

/// <summary>y = f(a, b), elementwise.</summary>
public interface IBinaryOp
{
    /// <summary>f(a, b).</summary>
    static abstract TLane Forward<TLane>(TLane a, TLane b)
        where TLane : struct, ILane<TLane>;

    /// <summary>(df/da) dy.</summary>
    static abstract TLane BackwardLeft<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane>;

    /// <summary>(df/db) dy.</summary>
    static abstract TLane BackwardRight<TLane>(TLane a, TLane b, TLane dy)
        where TLane : struct, ILane<TLane>;
}
