// ILGPU's CPU accelerator, shared by the tests of a class because it starts slowly. It also runs slowly, so shapes are tiny. Results are
// compared with the scalar device.

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
