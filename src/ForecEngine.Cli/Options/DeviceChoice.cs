// Where the device that the user asked for is made, and the step that trains on it is chosen.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Options;

/// <summary>Makes devices by name.</summary>
internal static class DeviceChoice
{
    /// <summary>The device of a name.</summary>
    /// <exception cref="CommandLineException">There is no such device.</exception>
    public static IDevice Create(IDeviceOptions arguments)
    {
        int threads = OptionValue.Between("--threads", arguments.Threads, 1, 1024) ?? Environment.ProcessorCount;
        string device = arguments.Device.ToLowerInvariant();
        if (device == "scalar" && arguments.Threads is not null && threads > 1)
            throw new CommandLineException("--threads has no effect with --device scalar, which is one thread");
        return device switch
        {
            "cpu" => new SimdDevice(threads),
            "scalar" => new ScalarDevice(),
            string name when name.Split(':')[0] is "cuda" or "opencl" =>
                throw new CommandLineException($"--device: '{name}' does not train yet; 'forec devices' lists what does"),
            string name => throw new CommandLineException($"--device: '{name}' is not one of cpu, scalar"),
        };
    }

    /// <summary>How many threads, in words.</summary>
    public static string Threads(int count) => count == 1 ? "1 thread" : $"{count} threads";

    /// <summary>The step of a name, or the fastest that the device has.</summary>
    /// <exception cref="CommandLineException">There is no such step, or the device or a model of the plan does not have it.</exception>
    public static StepChoice Step(TrainingArguments arguments, IDevice device, Plan plan)
    {
        StepChoice step = arguments.Step?.ToLowerInvariant() switch
        {
            null => StepChoice.Fastest,
            "tape" => StepChoice.Tape,
            "fused" when device.Networks is not null => StepChoice.Fused,
            "fused" => throw new CommandLineException($"--step: the device {device.Name} has no fused step; --device cpu has one"),
            string name => throw new CommandLineException($"--step: '{name}' is not one of fused, tape"),
        };
        return plan.RefusalOf(step) is { } refusal ? throw new CommandLineException($"--step: {refusal}") : step;
    }
}
