// Creates the requested device.

using ForecEngine.Kernels.Simd;

namespace ForecEngine.Cli.Options;

internal static class DeviceChoice
{
    /// <summary>Creates the device with a name.</summary>
    public static IDevice Create(IDeviceOptions arguments)
    {
        int threads = Threads(arguments);
        string device = arguments.Device.ToLowerInvariant();
        if (device == "scalar" && arguments.Threads is not null && threads > 1)
            throw new CommandLineException("--threads has no effect with --device scalar, which uses one thread");
        return device switch
        {
            "cpu" => new SimdDevice(threads),
            "scalar" => new ScalarDevice(),
            string name when name.Split(':')[0] is "cuda" or "opencl" =>
                throw new CommandLineException($"--device: '{name}' cannot train yet; 'forec devices' lists the devices that can"),
            string name => throw new CommandLineException($"--device: '{name}' is not one of cpu, scalar"),
        };
    }

    /// <summary>The number of threads of the host to use.</summary>
    public static int Threads(IDeviceOptions arguments) =>
        arguments.Device.Equals("scalar", StringComparison.OrdinalIgnoreCase) && arguments.Threads is null
        ? 1 : OptionValue.Between("--threads", arguments.Threads, 1, 1024) ?? Environment.ProcessorCount;
}
