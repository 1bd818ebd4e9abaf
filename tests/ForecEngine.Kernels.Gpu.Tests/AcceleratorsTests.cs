// What the list of accelerators holds on any machine, with a GPU or without.

using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class AcceleratorsTests
{
    [Fact]
    public void The_host_is_always_there_and_comes_last()
    {
        AcceleratorInfo host = Accelerators.List()[^1];
        Assert.Equal("cpu:0", host.Id);
        Assert.InRange(host.MemoryBytes, 1, 1L << 50);
    }

    [Fact]
    public void Each_accelerator_has_a_name_and_an_id_of_its_own()
    {
        IReadOnlyList<AcceleratorInfo> all = Accelerators.List();
        Assert.All(all, info => Assert.False(string.IsNullOrWhiteSpace(info.Name)));
        Assert.Distinct(all.Select(info => info.Id));
    }

    [Fact]
    public void An_accelerator_that_is_not_there_is_refused_by_naming_those_that_are()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => GpuOperations.Open(AcceleratorKind.Cuda, 99));
        Assert.Contains("no cuda:99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu:0", refused.Message, StringComparison.Ordinal);
    }
}
