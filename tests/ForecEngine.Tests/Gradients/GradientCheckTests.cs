// GradientCheck in float: it fails for a wrong derivative and passes for a right one. tests/ForecEngine.Gradients runs it in double
// with a much smaller tolerance.

using ForecEngine.Autodiff;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;
using Xunit;

namespace ForecEngine.Tests.Gradients;

public sealed class GradientCheckTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_derivative_with_an_error_of_one_percent_is_found_and_its_element_named()
    {
        DenseParameter x = new(_device, "x", 3, 5);
        Initial.Normal(x, 1, seed: 1, "test");
        GradientCheckResult result = Check(x, tape => tape.Unary<SquareOnePercentOff>(tape.Parameter(x)));
        Assert.False(result.Passed);
        Assert.StartsWith("x[", result.WorstElement, StringComparison.Ordinal);
        Assert.Equal(0, result.Skipped);
        Assert.Equal(15, result.Checked);
    }

    [Fact]
    public void A_gradient_that_is_NaN_does_not_pass()
    {
        DenseParameter x = new(_device, "x", 1, 1);
        GradientCheckResult result = Check(x, tape => tape.Unary<NoNumber>(tape.Parameter(x)));
        Assert.False(result.Passed);
        Assert.Equal("x[0]", result.WorstElement);
    }

    [Fact]
    public void An_element_at_a_kink_is_skipped_and_counted_as_skipped()
    {
        DenseParameter x = new(_device, "x", 1, 3);
        x.Value.Values.Write([1e-3f, 1, -1]);
        GradientCheckResult result = Check(x, tape => tape.Relu(tape.Parameter(x)));
        Assert.True(result.Passed);
        Assert.Equal((2, 1), (result.Checked, result.Skipped));
    }

    [Fact]
    public void The_check_restores_the_parameters_and_checks_only_the_requested_number_of_elements()
    {
        DenseParameter x = new(_device, "x", 40, 5);
        Initial.Normal(x, 1, seed: 1, "test");
        Real[] before = x.Value.Values.Span.ToArray();
        GradientCheckOptions ten = GradientCheckOptions.Operation with { ElementsPerParameter = 10 };
        GradientCheckResult result = GradientCheck.Run(_device, [x], tape => tape.Sigmoid(tape.Parameter(x)), ten);
        Assert.Equal(before, x.Value.Values.Span.ToArray());
        Assert.Equal(10, result.Checked);
    }

    private GradientCheckResult Check(DenseParameter x, Func<Tape, Tensor> function) =>
        GradientCheck.Run(_device, [x], function, GradientCheckOptions.Operation);

    private readonly struct SquareOnePercentOff : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => x * x;

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => TLane.Broadcast((Real)2.02) * x * dy;
    }

    private readonly struct NoNumber : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => x;

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => TLane.Broadcast(Real.NaN);
    }
}
