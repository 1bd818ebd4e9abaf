// The measured ceilings are plausible upper bounds: no matrix product of the engine is faster.

using System.Diagnostics;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Kernels.Tests.Profiling;

public sealed class MachineCeilingsTests
{
    [Fact]
    public void No_dense_layer_is_faster_than_multiply_adds_in_registers()
    {
        MachineCeilings before = MachineCeilings.Measure(1);
        using SimdDevice device = new(1);
        Matrix x = Matrix(256, 64), weight = Matrix(64, 64), y = Matrix(256, 64);
        double best = 0;
        for (int round = 0; round < 20; round++)
        {
            long start = Stopwatch.GetTimestamp();
            device.Dense(x, weight, default, y);
            best = Math.Max(best, 2.0 * 256 * 64 * 64 / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        // Measured again, because other load may have slowed the first measurement and not the layer.
        MachineCeilings after = MachineCeilings.Measure(1);
        Assert.InRange(best, 0.01, 1.1 * Math.Max(before.FmaGflops, after.FmaGflops));
        Assert.InRange(after.CopyGbps, 0.1, 10_000);
        Assert.Equal(1, after.Threads);
    }

    private static Matrix Matrix(int rows, int columns) => new(new HostStorage<Real>(rows * columns).Slice(), rows, columns);
}
