// forec devices: what this machine can compute on.

using ForecEngine.Cli.Options;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Cli.Verbs;

/// <summary>The verb devices.</summary>
internal static class Devices
{
    /// <summary>Runs the verb.</summary>
    public static void Run(DevicesArguments arguments, Terminal terminal)
    {
        using SimdDevice simd = new(1);
        List<string[]> rows =
        [
            ["cpu", simd.Name, $"{Environment.ProcessorCount} threads, vectors of {SimdDevice.WidestVectorBits} bits", "trains"],
            ["scalar", "scalar", "one thread, one number at a time: the specification", "trains"],
        ];
        ResultTable.Write(terminal.Output, ["--device", "name", "what", ""], rows);
    }
}
