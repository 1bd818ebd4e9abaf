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
    public void The_error_for_a_missing_accelerator_lists_those_of_its_kind()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => GpuDevice.Open(AcceleratorKind.Cpu, 99));
        Assert.StartsWith("no cpu:99 here; there is cpu:0 (", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_is_given_for_each_kind_without_an_accelerator()
    {
        IEnumerable<string> kinds = Accelerators.List().Select(info => info.Id.Split(':')[0]).Distinct();
        Assert.Equal(
            ((string[])["cuda", "opencl"]).Except(kinds).Select(kind => $"no {kind} device"),
            Accelerators.Missing().Select(reason => reason.Split(':')[0]));
    }

    [Fact]
    public void The_best_accelerator_is_never_the_host() =>
        Assert.NotEqual(AcceleratorKind.Cpu, Accelerators.Best()?.Kind);
}
