// The tests of shapes on the host's devices.

using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Tests;

public sealed class HostShapesTests : ShapesTests, IDisposable
{
    private readonly ScalarDevice _scalar = new();
    private readonly SimdDevice _vector = new(threads: 2);

    private protected override IReadOnlyList<IDevice> Devices => [_scalar, _vector];

    public void Dispose()
    {
        _scalar.Dispose();
        _vector.Dispose();
    }
}
