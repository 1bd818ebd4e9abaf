using ForecEngine.Gradients;
using ForecEngine.Kernels;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>The assertion of the gradient tests.</summary>
internal static class GradientAssert
{
    public static void Passed(GradientCase gradient, IDevice device, ulong seed)
    {
        GradientCheckResult result = gradient.Run(device, seed);
        Assert.True(
            result.Passed && result.Checked > 0 && result.Tolerance <= 1e-6,
            $"{gradient.Name} on {device.Name}, seed {seed}: {result}");
    }
}
