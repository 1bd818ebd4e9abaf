using ForecEngine.Autodiff;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>GradientCheck in double fails for a wrong derivative and skips kinks.</summary>
public sealed class GradientCheckTests
{
    [Fact]
    public void A_wrong_derivative_is_found_and_its_element_named()
    {
        using IDevice device = new ScalarDevice();
        DenseParameter x = new(device, "x", 3, 5);
        Initial.Normal(x, 1, seed: 1, "test");

        GradientCheckResult result = GradientCheck.Run(
            device, [x], tape => tape.Unary<SquareWithWrongDerivative>(tape.Parameter(x)), GradientCheckOptions.Operation);

        Assert.False(result.Passed);
        Assert.StartsWith("x[", result.WorstElement, StringComparison.Ordinal);
        Assert.Equal(0, result.Skipped);
    }

    [Fact]
    public void An_element_at_a_kink_is_skipped_and_counted_as_skipped()
    {
        using IDevice device = new ScalarDevice();
        DenseParameter x = new(device, "x", 1, 3);
        x.Value.Values.Write([1e-5, 1, -1]);

        GradientCheckResult result = GradientCheck.Run(device, [x], tape => tape.Relu(tape.Parameter(x)), GradientCheckOptions.Operation);

        Assert.True(result.Passed);
        Assert.Equal(1, result.Skipped);
        Assert.Equal(2, result.Checked);
    }

    private readonly struct SquareWithWrongDerivative : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => x * x;

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => x * dy;
    }
}
