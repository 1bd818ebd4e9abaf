// What a device has been asked to do since it was opened: the two numbers that decide whether a GPU is worth its bus.

namespace ForecEngine.Kernels.Gpu;

/// <summary>Launches and copies over the bus.</summary>
/// <param name="Launches">The number of kernels launched; a copy within the device counts as one.</param>
/// <param name="BytesToDevice">The bytes copied from the host to the device.</param>
/// <param name="BytesFromDevice">The bytes copied from the device to the host.</param>
public readonly record struct GpuTraffic(long Launches, long BytesToDevice, long BytesFromDevice)
{
    /// <summary>Both together.</summary>
    public static GpuTraffic operator +(GpuTraffic left, GpuTraffic right) => new(
        left.Launches + right.Launches, left.BytesToDevice + right.BytesToDevice, left.BytesFromDevice + right.BytesFromDevice);

    /// <summary>What the left one has more.</summary>
    public static GpuTraffic operator -(GpuTraffic left, GpuTraffic right) => new(
        left.Launches - right.Launches, left.BytesToDevice - right.BytesToDevice, left.BytesFromDevice - right.BytesFromDevice);
}
