// The gradient checks of every operation of the tape in float, as `forec gradcheck` runs them, on the scalar and the SIMD device.

using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Tests.Gradients;

public sealed class OperationCasesTests
{
    public static TheoryData<string> Names => [.. OperationCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_passes_on_the_scalar_and_the_SIMD_device_with_the_same_errors(string name)
    {
        GradientCase operation = OperationCases.All.Single(c => c.Name == name);
        using IDevice scalar = new ScalarDevice(), simd = new SimdDevice(2);
        for (ulong seed = 0; seed < 30; seed++)
        {
            GradientCheckResult result = operation.Run(scalar, seed);
            Assert.True(result.Passed && result.Checked > 0, $"{name}, seed {seed}: {result}");
            Assert.Equal(result, operation.Run(simd, seed));
        }
    }
}
