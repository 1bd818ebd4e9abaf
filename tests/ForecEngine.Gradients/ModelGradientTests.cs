using ForecEngine.FsCheck;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>Every model's loss, in double, against central differences in every parameter.</summary>
public sealed class ModelGradientTests
{
    public static TheoryData<string> Names => [.. ModelCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_models_gradient_is_its_central_difference(string name)
    {
        GradientCase model = ModelCases.All.Single(c => c.Name == name);
        using IDevice device = new ScalarDevice();
        for (ulong seed = 0; seed < 20; seed++)
            GradientAssert.Passed(model, device, seed);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void Every_device_has_the_same_model_gradients(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        foreach (GradientCase model in ModelCases.All)
            GradientAssert.Passed(model, device, seed.Value);
    }
}
