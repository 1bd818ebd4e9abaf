// The list of accelerators on any machine, with or without a GPU.

using System.Runtime.InteropServices;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class AcceleratorsTests
{
    [Fact]
    public void The_host_is_always_listed_and_comes_last()
    {
        AcceleratorInfo host = Accelerators.List()[^1];
        Assert.Equal("cpu:0", host.Id);
        Assert.InRange(host.MemoryBytes, 1, 1L << 50);
    }

    [Fact]
    public void The_OpenCL_loader_of_a_driver_is_found_without_the_development_package()
    {
        bool isDevelopment = NativeLibrary.TryLoad("OpenCL", out _), isInstalled = NativeLibrary.TryLoad("libOpenCL.so.1", out _);
        Assert.Equal(isInstalled && !isDevelopment, Accelerators.OpenClLibrary("OpenCL", typeof(AcceleratorsTests).Assembly, null) != 0);
        Assert.Equal(0, Accelerators.OpenClLibrary("cuda", typeof(AcceleratorsTests).Assembly, null));
    }

    [Fact]
    public void Each_accelerator_has_a_name_and_a_unique_id()
    {
        IReadOnlyList<AcceleratorInfo> all = Accelerators.List();
        Assert.All(all, info => Assert.False(string.IsNullOrWhiteSpace(info.Name)));
        Assert.Distinct(all.Select(info => info.Id));
    }

    [Fact]
    public void The_error_for_a_missing_accelerator_lists_the_available_ones()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => GpuOperations.Open(AcceleratorKind.Cuda, 99));
        Assert.Contains("no cuda:99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu:0", refused.Message, StringComparison.Ordinal);
    }
}
