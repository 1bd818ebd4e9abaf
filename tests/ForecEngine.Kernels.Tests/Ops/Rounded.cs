// A number in double with a first-order bound of the error of the same computation in float. Every operation propagates the bounds of its
// arguments and adds its own rounding error. A fused multiply-add rounds once instead of twice, so the bound holds for it too.

using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

/// <summary>A value, and a bound of its distance from the value computed in float.</summary>
internal readonly record struct Rounded(double Value, double Bound)
{
    private const double HalfUlp = 1.0 / (1 << 24);

    /// <summary>A constant that is rounded to float.</summary>
    public static Rounded Constant(double value) => Of(value, 0);

    public static Rounded operator +(Rounded a, Rounded b) => Of(a.Value + b.Value, a.Bound + b.Bound);

    public static Rounded operator -(Rounded a, Rounded b) => Of(a.Value - b.Value, a.Bound + b.Bound);

    public static Rounded operator *(Rounded a, Rounded b) =>
        Of(a.Value * b.Value, (Math.Abs(a.Value) * b.Bound) + (Math.Abs(b.Value) * a.Bound));

    public static Rounded operator /(Rounded a, Rounded b) =>
        Of(a.Value / b.Value, (a.Bound + (Math.Abs(a.Value / b.Value) * b.Bound)) / Math.Abs(b.Value));

    /// <summary>The square root.</summary>
    public Rounded Root() => Value == 0 ? this : Of(Math.Sqrt(Value), Bound / (2 * Math.Sqrt(Value)));

    /// <summary>Fails unless a value computed in float is within twice the bound.</summary>
    public void AssertNear(Real actual, string name)
    {
        if (!(Math.Abs(actual - Value) <= 2 * Bound))
            Assert.Fail($"{name} is {actual:R}, not within {2 * Bound:E1} of {Value:R}");
    }

    private static Rounded Of(double value, double bound) => new(value, bound + (HalfUlp * Math.Abs(value)));
}
