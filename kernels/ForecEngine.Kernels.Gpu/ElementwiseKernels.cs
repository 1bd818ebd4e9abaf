// The elementwise kernels: one thread per element. Each is generic over the operation, so a new operation in ForecEngine.Kernels.Ops needs
// no new kernel.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the elementwise kernels, for one thread.</summary>
internal static class ElementwiseKernels
{
    /// <summary>y = f(x).</summary>
    public static void Unary<TOp>(Index1D i, ArrayView<float> x, ArrayView<float> y)
        where TOp : struct, IUnaryOp =>
        Elementwise.Unary<TOp, GpuLane, ViewMemory>(new(x), new(y), i);

    /// <summary>dx += f'(x) dy.</summary>
    public static void UnaryBackward<TOp>(Index1D i, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx)
        where TOp : struct, IUnaryOp =>
        Elementwise.UnaryBackward<TOp, GpuLane, ViewMemory>(new(x), new(dy), new(dx), i);

    /// <summary>y = f(a, b).</summary>
    public static void Binary<TOp>(Index1D i, ArrayView<float> a, ArrayView<float> b, ArrayView<float> y)
        where TOp : struct, IBinaryOp =>
        Elementwise.Binary<TOp, GpuLane, ViewMemory>(new(a), new(b), new(y), i);

    /// <summary>da += (df/da) dy.</summary>
    public static void BinaryBackwardLeft<TOp>(
        Index1D i, ArrayView<float> a, ArrayView<float> b, ArrayView<float> dy, ArrayView<float> da)
        where TOp : struct, IBinaryOp =>
        Elementwise.BinaryBackwardLeft<TOp, GpuLane, ViewMemory>(new(a), new(b), new(dy), new(da), i);

    /// <summary>db += (df/db) dy.</summary>
    public static void BinaryBackwardRight<TOp>(
        Index1D i, ArrayView<float> a, ArrayView<float> b, ArrayView<float> dy, ArrayView<float> db)
        where TOp : struct, IBinaryOp =>
        Elementwise.BinaryBackwardRight<TOp, GpuLane, ViewMemory>(new(a), new(b), new(dy), new(db), i);
}
