// Runs a test case on the scalar device and on vector devices of every width and several numbers of threads, with and without profiling,
// and compares all memory bit for bit.

using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

/// <summary>The scalar device, and the devices that are compared with it.</summary>
public sealed class Devices : IDisposable
{
    private readonly ScalarDevice _scalar = new();

    private readonly IDevice[] _vector =
    [
        .. from bits in VectorBits
           from threads in (int[])[1, 2, 3, 7]
           select new SimdDevice(threads, bits, fewElements: 0),
        new ProfilingDevice(new SimdDevice(2)),
    ];

    /// <summary>The vector widths of this machine, in bits.</summary>
    public static IEnumerable<int> VectorBits => ((int[])[128, 256, 512]).Where(bits => bits <= SimdDevice.WidestVectorBits);

    public void Dispose()
    {
        _scalar.Dispose();
        foreach (IDevice device in _vector)
            device.Dispose();
    }

    /// <summary>Runs an operation on all devices and compares their memory afterwards.</summary>
    public void Agree(Action<Workspace> operation)
    {
        Real[] expected = Played(_scalar);
        foreach (IDevice device in _vector)
            AssertSameBits(expected, Played(device), device);

        Real[] Played(IDevice device)
        {
            Workspace workspace = new(device);
            operation(workspace);
            return workspace.Contents();
        }
    }

    // All NaNs count as equal: IEEE 754 does not define the payload of a sum of two NaNs.
    private static void AssertSameBits(Real[] expected, Real[] actual, IDevice device)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                || (Real.IsNaN(expected[i]) && Real.IsNaN(actual[i]));
            if (!same)
                Assert.Fail($"element {i} of the memory is {actual[i]:R} on {device.Name}, {expected[i]:R} on the scalar device");
        }
    }
}
