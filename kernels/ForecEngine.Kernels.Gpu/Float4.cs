// Four numbers that are loaded from shared memory together: a product's inner loop is then bound by its multiply-adds, not by its loads.

namespace ForecEngine.Kernels.Gpu;

/// <summary>Four numbers side by side.</summary>
internal struct Float4(float x, float y, float z, float w)
{
    public float X = x, Y = y, Z = z, W = w;

    /// <summary>c + a b.</summary>
    public static Float4 MultiplyAdd(float a, Float4 b, Float4 c) =>
        new(c.X + (a * b.X), c.Y + (a * b.Y), c.Z + (a * b.Z), c.W + (a * b.W));

    /// <summary>c + a . b, from the first element to the last.</summary>
    public static float Dot(Float4 a, Float4 b, float c) => c + (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z) + (a.W * b.W);
}
