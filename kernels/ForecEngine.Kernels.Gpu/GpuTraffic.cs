// Counts a device's launches and the bytes copied over its bus since it was opened.

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

    /// <summary>The difference.</summary>
    public static GpuTraffic operator -(GpuTraffic left, GpuTraffic right) => new(
        left.Launches - right.Launches, left.BytesToDevice - right.BytesToDevice, left.BytesFromDevice - right.BytesFromDevice);
}
