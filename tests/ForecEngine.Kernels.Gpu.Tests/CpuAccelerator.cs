// ILGPU's CPU accelerator for the tests of a class: slow to start and to run, so shared, and shapes are tiny. The
// scalar device beside it is what it is held to.

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class CpuAccelerator : IDisposable
{
    public GpuOperations Operations { get; } = GpuOperations.Open(AcceleratorKind.Cpu);

    public ScalarDevice Scalar { get; } = new();

    public void Dispose()
    {
        Operations.Dispose();
        Scalar.Dispose();
    }
}
