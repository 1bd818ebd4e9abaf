using ForecEngine.FsCheck;
using ForecEngine.Gradients;
using ForecEngine.Kernels;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.GradientTests;

/// <summary>Every operation of the tape, in double, against central differences over random shapes.</summary>
public sealed class OperationGradientTests
{
    public static TheoryData<string> Names => [.. OperationCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operations_gradient_is_its_central_difference(string name)
    {
        GradientCase operation = OperationCases.All.Single(c => c.Name == name);
        using IDevice device = new ScalarDevice();
        for (ulong seed = 0; seed < 60; seed++)
            GradientAssert.Passed(operation, device, seed);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void Every_device_has_the_same_derivatives(DeviceChoice choice, Seed seed)
    {
        using IDevice device = choice.Create();
        foreach (GradientCase operation in OperationCases.All)
            GradientAssert.Passed(operation, device, seed.Value);
    }
}
