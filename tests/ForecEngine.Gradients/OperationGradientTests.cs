using ForecEngine.FsCheck;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>The gradients of every operation of the tape agree with central differences in double, over random shapes.</summary>
public sealed class OperationGradientTests
{
    public static TheoryData<string> Names => [.. OperationCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_an_operation_agrees_with_central_differences(string name)
    {
        GradientCase operation = OperationCases.All.Single(c => c.Name == name);
        using IDevice device = new ScalarDevice();
        for (ulong seed = 0; seed < 60; seed++)
            GradientAssert.Passed(operation, device, seed);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void The_gradients_of_all_operations_are_right_on_every_device(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        foreach (GradientCase operation in OperationCases.All)
            GradientAssert.Passed(operation, device, seed.Value);
    }
}
