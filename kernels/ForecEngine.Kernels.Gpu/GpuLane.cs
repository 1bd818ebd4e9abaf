// The lane of a GPU thread: one number. Every member must compile to GPU instructions. Where ILGPU cannot translate a call, it emits an
// unresolved external function in PTX, which fails only on a machine with a GPU.

namespace ForecEngine.Kernels.Gpu;

/// <summary>A lane of one number in a GPU thread.</summary>
/// <param name="Value">The number.</param>
internal readonly record struct GpuLane(float Value) : ILane<GpuLane>
{
    public static int Width => 1;

    public static GpuLane Broadcast(float value) => new(value);
    public static GpuLane operator +(GpuLane left, GpuLane right) => new(left.Value + right.Value);
    public static GpuLane operator -(GpuLane left, GpuLane right) => new(left.Value - right.Value);
    public static GpuLane operator *(GpuLane left, GpuLane right) => new(left.Value * right.Value);
    public static GpuLane operator /(GpuLane left, GpuLane right) => new(left.Value / right.Value);
    public static GpuLane operator -(GpuLane value) => new(-value.Value);

    /// <summary>a b + c. It may round twice: MathF.FusedMultiplyAdd would be an unresolved function in PTX.</summary>
    public static GpuLane MultiplyAdd(GpuLane a, GpuLane b, GpuLane c) => new((a.Value * b.Value) + c.Value);

    public static GpuLane Sqrt(GpuLane value) => new(MathF.Sqrt(value.Value));

    /// <remarks>
    /// Compares the difference with 0, because ILGPU 1.5.3 rewrites <c>constant &gt; x</c> as an unordered <c>x &lt; constant</c>, which is
    /// true where x is NaN: <see cref="Ops.Relu"/> would then hide a NaN.
    /// </remarks>
    public static GpuLane WhereGreater(GpuLane left, GpuLane right, GpuLane whenTrue, GpuLane whenFalse) =>
        left.Value - right.Value > 0 ? whenTrue : whenFalse;

    public static GpuLane PowerOfTwo(GpuLane n) => new(Interop.IntAsFloat((uint)((int)n.Value + 127) << 23));
}
