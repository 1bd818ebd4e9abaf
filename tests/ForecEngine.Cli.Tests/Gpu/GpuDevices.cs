// The GPU of the tests: the first CUDA or OpenCL device of the machine. Opening one is slow, because its kernels are compiled, so that all
// tests share them.

using ForecEngine.Kernels.Gpu;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Cli.Tests.Gpu;

/// <summary>Two openings of the same GPU, which share neither memory nor compiled kernels.</summary>
public sealed class GpuDevices : IDisposable
{
    private GpuDevice? _first, _second;

    /// <summary>The methods that are trained by gradients.</summary>
    public static TheoryData<string> Methods =>
        [.. PlanCatalog.Methods.Where(method => PlanCatalog.Find(method).Phases[^1].Fit is GradientFit)];

    /// <summary>The GPU.</summary>
    internal GpuDevice First => _first ??= Open();

    /// <summary>The GPU, opened again.</summary>
    internal GpuDevice Second => _second ??= Open();

    public void Dispose()
    {
        _first?.Dispose();
        _second?.Dispose();
    }

    /// <summary>The name of the GPU for <c>--device</c>. Skips the test if there is none.</summary>
    public static string Require()
    {
        AcceleratorInfo first = Accelerators.List()[0];
        Assert.SkipWhen(first.Kind == AcceleratorKind.Cpu, string.Join("; ", Accelerators.Missing()));
        return first.Id;
    }

    private static GpuDevice Open()
    {
        Require();
        AcceleratorInfo first = Accelerators.List()[0];
        return GpuDevice.Open(first.Kind, first.Index);
    }
}

/// <summary>The tests that share <see cref="GpuDevices"/>. They run one after another.</summary>
[CollectionDefinition(nameof(GpuTestCollection))]
public sealed class GpuTestCollection : ICollectionFixture<GpuDevices>;
