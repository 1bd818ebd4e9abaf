// Softplus, y = log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). Its derivative is the sigmoid of x.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

/// <summary>y = log(1 + e^x).</summary>
internal readonly struct Softplus : IUnaryOp
{
    public static TLane Forward<TLane>(TLane x)
        where TLane : struct, ILane<TLane>
    {
        TLane zero = TLane.Broadcast(0);
        return TLane.WhereGreater(x, zero, x, zero) + LaneMath.LogOnePlus(LaneMath.Exp(-LaneMath.Abs(x)));
    }

    public static TLane Backward<TLane>(TLane x, TLane dy)
        where TLane : struct, ILane<TLane> =>
        LaneMath.Sigmoid(x) * dy;
}
