// The devices that benches compare: the scalar one, every vector width on one thread, and the widest on more.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Bench;

/// <summary>The description of a device.</summary>
/// <param name="VectorBits">The width of its vectors, or 0 for the scalar device.</param>
/// <param name="Threads">The number of threads.</param>
public sealed record BenchDevice(int VectorBits, int Threads)
{
    /// <summary>All devices of this machine.</summary>
    public static IEnumerable<BenchDevice> All =>
    [
        new(0, 1),
        .. ((int[])[128, 256, 512]).Where(bits => bits <= SimdDevice.WidestVectorBits).Select(bits => new BenchDevice(bits, 1)),
        .. ThreadCounts.Skip(1).Select(threads => new BenchDevice(SimdDevice.WidestVectorBits, threads)),
    ];

    /// <summary>1, 2, 4, ... and the number of cores.</summary>
    public static IReadOnlyList<int> ThreadCounts { get; } =
        [.. Enumerable.Range(0, 10).Select(i => 1 << i).Where(threads => threads < Environment.ProcessorCount), Environment.ProcessorCount];

    /// <summary>Whether it is the scalar device.</summary>
    public bool IsScalar => VectorBits == 0;

    /// <summary>Makes it.</summary>
    public IDevice Create() => IsScalar ? new ScalarDevice() : new SimdDevice(Threads, VectorBits);

    /// <inheritdoc/>
    public override string ToString() => IsScalar ? "scalar" : $"{VectorBits} bits x {Threads}";
}
