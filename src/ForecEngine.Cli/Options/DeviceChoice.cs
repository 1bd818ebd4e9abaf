// Creates the requested device.

using ForecEngine.Kernels.Gpu;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Cli.Options;

internal static class DeviceChoice
{
    /// <summary>Creates the device with a name.</summary>
    /// <param name="arguments">Names the device.</param>
    /// <param name="recordable">Whether a GPU can time its launches, which makes each a little slower.</param>
    public static IDevice Create(IDeviceOptions arguments, bool recordable = false)
    {
        int threads = Threads(arguments);
        string device = arguments.Device.ToLowerInvariant();
        if (device == "scalar" && arguments.Threads is not null && threads > 1)
            throw new CommandLineException("--threads has no effect with --device scalar, which uses one thread");
        return device switch
        {
            "cpu" => new SimdDevice(threads),
            "scalar" => new ScalarDevice(),
            "auto" => Accelerators.Best() is { } best ? GpuDevice.Open(best.Kind, best.Index, recordable) : new SimdDevice(threads),
            _ => Accelerator(device, recordable),
        };
    }

    // cuda, cuda:1, opencl, ...
    private static GpuDevice Accelerator(string device, bool recordable)
    {
        string[] parts = device.Split(':', 2);
        AcceleratorKind? kind = parts[0] switch { "cuda" => AcceleratorKind.Cuda, "opencl" => AcceleratorKind.OpenCl, _ => null };
        int index = 0;
        if (kind is null || (parts.Length > 1 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new CommandLineException($"--device: '{device}' is not one of auto, cpu, scalar, cuda[:N], opencl[:N]");
        try
        {
            return GpuDevice.Open(kind.Value, index, recordable);
        }
        catch (ArgumentException exception)
        {
            throw new CommandLineException($"--device: {exception.Message}");
        }
    }

    /// <summary>The number of threads of the host to use.</summary>
    public static int Threads(IDeviceOptions arguments) =>
        arguments.Device.Equals("scalar", StringComparison.OrdinalIgnoreCase) && arguments.Threads is null
        ? 1 : OptionValue.Between("--threads", arguments.Threads, 1, 1024) ?? Environment.ProcessorCount;
}
