// forec devices: lists the devices of this machine.

using System.Text.Json;
using ForecEngine.Kernels.Gpu;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Cli.Verbs;

internal static class Devices
{
    public static void Run(DevicesArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        using SimdDevice simd = new(1);
        List<Row> rows =
        [
            new(
                "cpu", simd.Name, $"{Counted.Of(Environment.ProcessorCount, "thread")}, vectors of {SimdDevice.WidestVectorBits} bits"),
            new("scalar", "scalar", "one thread, one number at a time: the specification"),
            .. Accelerators.List().Where(accelerator => accelerator.Kind != AcceleratorKind.Cpu).Select(accelerator => new Row(
                accelerator.Id, accelerator.Name,
                string.Create(CultureInfo.InvariantCulture, $"{accelerator.MemoryBytes / 1e9:F1} GB"))),
        ];
        ResultTable.Write(
            terminal.Output, ["--device", "name", "what"], rows.Select(row => (string[])[row.Device, row.Name, row.What]));
        foreach (string missing in Accelerators.Missing())
            terminal.Say(missing);
        json.Write(() => new JsonObject
        {
            ["schema"] = "forec.devices/1",
            ["devices"] = new JsonArray([.. rows.Select(row => JsonSerializer.SerializeToNode(row, Experiment.JsonOptions))]),
        });
    }

    private sealed record Row(string Device, string Name, string What);
}
