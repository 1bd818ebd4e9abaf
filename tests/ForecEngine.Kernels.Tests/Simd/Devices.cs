// The comparison that every operation of the vector device is held to, written once: the same case on the scalar device
// and on vectors of every width and teams of several sizes, timed and not, and all memory afterwards the same, bit for bit.

using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

/// <summary>The specification, and the devices that are held to it.</summary>
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

    /// <summary>The vectors' widths in bits that there are here.</summary>
    public static IEnumerable<int> VectorBits => ((int[])[128, 256, 512]).Where(bits => bits <= SimdDevice.WidestVectorBits);

    public void Dispose()
    {
        _scalar.Dispose();
        foreach (IDevice device in _vector)
            device.Dispose();
    }

    /// <summary>Runs an operation on all devices and compares what it leaves in memory.</summary>
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

    // A NaN is a NaN: IEEE 754 leaves open which payload a sum of two of them has.
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
