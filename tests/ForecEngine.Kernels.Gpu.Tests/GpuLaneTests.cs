// The GPU's lane, run on the host, gives the same bits as the scalar lane, except that its multiply-add rounds twice.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuLaneTests
{
    [Property]
    public void Arithmetic_has_the_bits_of_the_scalar_lane(float x, float y)
    {
        (GpuLane gx, GpuLane gy) = (new(x), new(y));
        (ScalarLane sx, ScalarLane sy) = (new(x), new(y));
        AssertSame(sx + sy, gx + gy);
        AssertSame(sx - sy, gx - gy);
        AssertSame(sx * sy, gx * gy);
        AssertSame(sx / sy, gx / gy);
        AssertSame(-sx, -gx);
        AssertSame(ScalarLane.Sqrt(sx), GpuLane.Sqrt(gx));
        AssertSame(ScalarLane.Broadcast(x), GpuLane.Broadcast(x));
    }

    [Property]
    public void MultiplyAdd_rounds_the_product_and_then_the_sum(float a, float b, float c) =>
        Assert.Equal((a * b) + c, GpuLane.MultiplyAdd(new(a), new(b), new(c)).Value);

    [Property]
    public void Selecting_the_greater_agrees_with_the_scalar_lane(float left, float right) => AssertChooses(left, right);

    [Fact]
    public void Selecting_the_greater_is_right_if_the_difference_overflows_underflows_or_is_NaN()
    {
        float[] corners =
        [
            float.NaN, float.NegativeInfinity, float.MinValue, -1, -float.Epsilon, -0f,
            0, float.Epsilon, 2 * float.Epsilon, 1, MathF.BitIncrement(1), float.MaxValue, float.PositiveInfinity,
        ];
        foreach (float left in corners)
        {
            foreach (float right in corners)
                AssertChooses(left, right);
        }
    }

    [Fact]
    public void Powers_of_two_are_exact_for_all_normal_exponents()
    {
        for (int n = -126; n <= 127; n++)
            Assert.Equal(MathF.ScaleB(1, n), GpuLane.PowerOfTwo(new(n)).Value);
    }

    private static void AssertChooses(float left, float right) =>
        AssertSame(
            ScalarLane.WhereGreater(new(left), new(right), new(1), new(2)),
            GpuLane.WhereGreater(new(left), new(right), new(1), new(2)));

    private static void AssertSame(ScalarLane expected, GpuLane actual) => Assert.Equal(expected.Value, actual.Value);
}
