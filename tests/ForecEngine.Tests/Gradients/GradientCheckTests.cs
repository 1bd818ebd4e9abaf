// The check itself, in float: it must fail where a derivative is wrong and hold where it is right. In double, and much
// closer, it stands in tests/ForecEngine.Gradients.

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
    public void A_derivative_that_is_one_percent_off_is_found_and_named()
    {
        DenseParameter x = new(_device, "x", 3, 5);
        Initial.Normal(x, 1, seed: 1, "test");
        GradientCheckResult result = GradientCheck.Run(_device, [x], tape => tape.Unary<SquareOnePercentOff>(tape.Parameter(x)), GradientCheckOptions.Operation);
        Assert.False(result.Passed);
        Assert.StartsWith("x[", result.WorstElement, StringComparison.Ordinal);
        Assert.Equal(0, result.Skipped);
        Assert.Equal(15, result.Checked);
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_does_not_pass()
    {
        DenseParameter x = new(_device, "x", 1, 1);
        GradientCheckResult result = GradientCheck.Run(_device, [x], tape => tape.Unary<NoNumber>(tape.Parameter(x)), GradientCheckOptions.Operation);
        Assert.False(result.Passed);
        Assert.Equal("x[0]", result.WorstElement);
    }

    [Fact]
    public void A_kink_is_left_out_and_counted_rather_than_excused_or_blamed()
    {
        DenseParameter x = new(_device, "x", 1, 3);
        x.Value.Values.Write([1e-3f, 1, -1]);
        GradientCheckResult result = GradientCheck.Run(_device, [x], tape => tape.Relu(tape.Parameter(x)), GradientCheckOptions.Operation);
        Assert.True(result.Passed);
        Assert.Equal((2, 1), (result.Checked, result.Skipped));
    }

    [Fact]
    public void The_parameters_are_as_they_were_and_only_the_drawn_elements_are_looked_at()
    {
        DenseParameter x = new(_device, "x", 40, 5);
        Initial.Normal(x, 1, seed: 1, "test");
        Real[] before = x.Value.Values.Span.ToArray();
        GradientCheckResult result = GradientCheck.Run(_device, [x], tape => tape.Sigmoid(tape.Parameter(x)), GradientCheckOptions.Operation with { ElementsPerParameter = 10 });
        Assert.Equal(before, x.Value.Values.Span.ToArray());
        Assert.InRange(result.Checked, 8, 10);
    }

    [Fact]
    public void Two_results_join_to_the_worse_error_and_the_sum_of_the_counts()
    {
        GradientCheckResult good = new(1e-5, "a[0]", 10, 1, 1e-3), bad = new(1e-2, "b[7]", 3, 2, 1e-3);
        Assert.Equal(new GradientCheckResult(1e-2, "b[7]", 13, 3, 1e-3), good.And(bad));
        Assert.Equal(good.And(bad), bad.And(good));
        Assert.False(good.And(bad).Passed);
    }

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
