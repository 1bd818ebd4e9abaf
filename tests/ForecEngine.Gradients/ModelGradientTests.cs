using ForecEngine.FsCheck;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>The gradients of every model's loss agree with central differences in double, for every parameter.</summary>
public sealed class ModelGradientTests
{
    public static TheoryData<string> Names => [.. ModelCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_a_model_agrees_with_central_differences(string name)
    {
        GradientCase model = ModelCases.All.Single(c => c.Name == name);
        using IDevice device = new ScalarDevice();
        for (ulong seed = 0; seed < 20; seed++)
            GradientAssert.Passed(model, device, seed);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void The_gradients_of_all_models_are_right_on_every_device(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        foreach (GradientCase model in ModelCases.All)
            GradientAssert.Passed(model, device, seed.Value);
    }
}
