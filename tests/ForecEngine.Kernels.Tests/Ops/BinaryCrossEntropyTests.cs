// Compares binary cross-entropy and its derivatives with their formulas in double, also for logits whose e^z overflows in float.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class BinaryCrossEntropyTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property]
    public void The_loss_agrees_with_its_formula_in_double_for_labels_of_0_and_1(Seed seed)
    {
        // For these labels max(z, 0) - z t is exact, so the error is relative to the loss, however small. The engine clamps e^x at 1.6e-38,
        // so losses below that only have to be as small.
        Draws draws = new(seed);
        Real[] logits = Logits(draws), labels = [.. logits.Select(_ => (Real)draws.Below(2))];
        Real[] losses = Losses(logits, labels);
        for (int i = 0; i < logits.Length; i++)
            AssertNear(Exact(logits[i], labels[i]), losses[i], relative: 3e-7, absolute: 2e-38);
    }

    [Property]
    public void The_loss_agrees_with_its_formula_in_double_for_labels_between_0_and_1(Seed seed)
    {
        Draws draws = new(seed);
        Real[] logits = Logits(draws), labels = [.. logits.Select(_ => (Real)draws.Between(0, 1))];
        Real[] losses = Losses(logits, labels);
        for (int i = 0; i < logits.Length; i++)
            AssertNear(Exact(logits[i], labels[i]), losses[i], relative: 3e-7, absolute: 2e-7 * Math.Abs(logits[i]));
    }

    [Property]
    public void The_derivatives_are_sigmoid_minus_label_and_minus_the_logit(Seed seed)
    {
        Draws draws = new(seed);
        Real[] logits = Logits(draws), labels = [.. logits.Select(_ => (Real)draws.Between(0, 1))];
        Workspace work = new(_device);
        Slice<Real> left = work.Vector(new Real[logits.Length]), right = work.Vector(new Real[logits.Length]);
        Slice<Real> dy = work.Vector([.. logits.Select(_ => (Real)3)]);
        _device.BinaryBackward<BinaryCrossEntropy>(work.Vector(logits), work.Vector(labels), dy, left, right);
        for (int i = 0; i < logits.Length; i++)
        {
            AssertNear(3 * ((1 / (1 + Math.Exp(-logits[i]))) - labels[i]), left.Span[i], relative: 2e-7, absolute: 1e-6);
            AssertNear(-3 * (double)logits[i], right.Span[i], relative: 1e-7, absolute: 0);
        }
    }

    [Theory]
    [InlineData(0, 1, 0.6931471805599453)]
    [InlineData(100, 1, 0)]
    [InlineData(-100, 0, 0)]
    [InlineData(100, 0, 100)]
    [InlineData(-100, 1, 100)]
    [InlineData(-3e38, 1, 3e38)]
    public void Examples_have_the_expected_losses(double logit, double label, double loss) =>
        Assert.Equal(loss, Losses([(Real)logit], [(Real)label])[0], 1e-7 * Math.Max(1, loss));

    // ln(1 + x) in double, corrected for the rounding of 1 + x.
    private static double Exact(double z, double t)
    {
        double x = Math.Exp(-Math.Abs(z)), u = 1 + x;
        return Math.Max(z, 0) - (z * t) + Math.Log(u) + ((x - (u - 1)) / u);
    }

    private static Real[] Logits(Draws draws) =>
        [0, -0f, 100, -100, .. Enumerable.Range(0, 60).Select(_ => (Real)draws.Between(-100, 100)), .. draws.Ordinary(40)];

    private static void AssertNear(double expected, Real actual, double relative, double absolute)
    {
        double bound = (relative * Math.Abs(expected)) + absolute;
        if (!(Math.Abs(actual - expected) <= bound))
            Assert.Fail($"{actual:R} is not within {bound:E1} of {expected:R}");
    }

    private Real[] Losses(Real[] logits, Real[] labels)
    {
        Workspace work = new(_device);
        Slice<Real> losses = work.Vector(new Real[logits.Length]);
        _device.Binary<BinaryCrossEntropy>(work.Vector(logits), work.Vector(labels), losses);
        return losses.Span.ToArray();
    }
}
