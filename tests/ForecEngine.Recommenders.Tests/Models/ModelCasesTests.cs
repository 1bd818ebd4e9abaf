// The gradient checks of every model in float, as `forec gradcheck` runs them, on the scalar and the SIMD device.

using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Models;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class ModelCasesTests
{
    public static TheoryData<string> Names => [.. ModelCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_passes_on_the_scalar_and_the_SIMD_device_with_the_same_errors(string name)
    {
        GradientCase model = ModelCases.All.Single(c => c.Name == name);
        using IDevice scalar = new ScalarDevice(), simd = new SimdDevice(1);
        for (ulong seed = 0; seed < 30; seed++)
        {
            GradientCheckResult result = model.Run(scalar, seed);
            Assert.True(result.Passed && result.Checked > 0, $"{name}, seed {seed}: {result}");
            Assert.Equal(result, model.Run(simd, seed));
        }
    }

    [Fact]
    public void Every_model_of_the_catalog_has_a_case() =>
        Assert.Equal(
            [.. ModelCatalog.Names, "nmf-fork", "ddtcdr-loss", "gmf-softmax", "ma-gmf-softmax", "bpr-mf-softmax"],
            ModelCases.All.Select(c => c.Name));
}
