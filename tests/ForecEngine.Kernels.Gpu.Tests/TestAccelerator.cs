// The accelerator of the tests, shared by the tests of a class because it starts slowly: a CUDA or OpenCL device if there is one, else
// ILGPU's emulation on the host's processor, which is slow, so that shapes are small.

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class TestAccelerator : IDisposable
{
    public GpuDevice Gpu { get; } = GpuDevice.Open(Accelerators.List()[0].Kind);

    public ScalarDevice Scalar { get; } = new();

    public void Dispose()
    {
        Gpu.Dispose();
        Scalar.Dispose();
    }
}
