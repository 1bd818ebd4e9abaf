// The tests of shapes on the accelerator, which must refuse what the scalar device refuses, with the same messages.

using ForecEngine.Kernels.Tests;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuShapesTests(TestAccelerator accelerator) : ShapesTests, IClassFixture<TestAccelerator>
{
    private protected override IReadOnlyList<IDevice> Devices => [accelerator.Scalar, accelerator.Gpu];
}
