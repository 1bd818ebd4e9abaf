// A bench of a kernel on every device. Before the timing, the kernel runs once on the device and once on the scalar device; if a bit of
// their results differs, nothing is timed.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench;

/// <summary>A kernel with its inputs in a device's memory.</summary>
/// <param name="Run">Runs the kernel.</param>
/// <param name="Written">Its results.</param>
public sealed record KernelCase(Action Run, params IReadOnlyList<Slice<Real>> Written);

/// <summary>A bench of one kernel.</summary>
public abstract class CheckedKernel
{
    private IDevice? _device;
    private Action _run = () => throw new InvalidOperationException("the kernel has not been checked");

    /// <summary>The devices to run on.</summary>
    public static IEnumerable<BenchDevice> Devices => BenchDevice.All;

    /// <summary>The device of this bench.</summary>
    [ParamsSource(nameof(Devices))]
    public BenchDevice Device { get; set; } = new(0, 1);

    /// <summary>The kernel and its inputs, which are the same on every device.</summary>
    protected abstract KernelCase Prepare(IDevice device);

    /// <summary>Creates the device, and compares the kernel's results with the scalar device's.</summary>
    [GlobalSetup]
    public void Check()
    {
        _device = Device.Create();
        KernelCase timed = Prepare(_device);
        using ScalarDevice scalar = new();
        KernelCase expected = Prepare(scalar);
        timed.Run();
        expected.Run();
        foreach ((Slice<Real> actual, Slice<Real> wanted) in timed.Written.Zip(expected.Written))
        {
            if (!Bits(actual).SequenceEqual(Bits(wanted)))
                throw new InvalidOperationException($"this kernel's results on {Device} differ from the scalar device's; it is not timed");
        }

        _run = timed.Run;
    }

    /// <summary>What is timed.</summary>
    [Benchmark]
    public void Run() => _run();

    /// <summary>Ends the device.</summary>
    [GlobalCleanup]
    public void End() => _device?.Dispose();

    private static ReadOnlySpan<int> Bits(Slice<Real> slice)
    {
        Real[] copy = new Real[slice.Length];
        slice.Read(copy);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<Real, int>(copy);
    }
}
