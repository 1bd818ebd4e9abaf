// Every method trains on a GPU, and its metrics are close to those of the processor. Skipped where there is no GPU.

using System.Text.Json.Nodes;
using ForecEngine.Kernels.Gpu;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class GpuTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Theory]
    [InlineData("nmf")]
    [InlineData("ma-nmf++")]
    [InlineData("ddtcdr")]
    [InlineData("conet")]
    [InlineData("maml")]
    [InlineData("reptile")]
    [InlineData("anil")]
    [InlineData("forec")]
    public void A_method_has_about_the_loss_of_the_processor_and_the_same_bits_in_two_runs(string method)
    {
        string device = Device();
        string[] source = method == "nmf" ? [] : ["--source", "uk"];
        JsonObject cpu = Train(method, "cpu", "cpu", source), gpu = Train(method, device, "gpu", source);
        foreach ((JsonNode? expected, JsonNode? found) in cpu["stages"]!.AsArray().Zip(gpu["stages"]!.AsArray()))
            Assert.Equal((double)expected!["loss"]!, (double)found!["loss"]!, 1e-3 * (double)expected["loss"]!);
        Train(method, device, "again", source);
        Assert.Equal(Model("gpu", method), Model("again", method));
        Assert.NotEqual("cpu", (string?)gpu["experiment"]!["arithmetic"]);
    }

    [Fact]
    public void A_checkpoint_of_one_device_is_evaluated_on_the_other()
    {
        string device = Device();
        Train("nmf++", device, "crossed", ["--source", "uk"]);
        foreach (string other in (string[])["cpu", device])
            ToolRun.Run(
                "evaluate", "--data", tool.Root, "--target", "jp", "--model", tool["crossed/nmf++"], "--device", other, "--quiet").Done();
    }

    [Theory]
    [InlineData("gmf", 1)]
    [InlineData("nmf++", 3)]
    [InlineData("maml", 4)]
    public void A_step_on_a_GPU_is_two_launches_and_no_byte_crosses_the_bus_before_an_epochs_losses_are_read(string method, int phases)
    {
        string device = Device(), file = tool[$"profile-{method}.json"];
        string[] source = method != "gmf" ? ["--source", "uk"] : [];
        ToolRun.Run(
            ["profile", "--data", tool.Root, "--target", "jp", "--method", method, .. source, "--batch-size", "256", "--epochs", "2",
                "--device", device, "--json", file, "--quiet"]).Done();
        JsonObject profile = tool.Json($"profile-{method}.json"), gpu = profile["gpu"]!.AsObject();
        Assert.Equal(2 * phases, (int)gpu["epochs"]!);
        Assert.True((long)gpu["steps"]! > 0);
        Assert.Equal(2, (double)gpu["launches_per_step"]!, 1e-9);
        Assert.InRange((double)gpu["launches_per_epoch_besides_steps"]!, 1, 8 * (1 + source.Length / 2));
        Assert.Equal((0, 0), ((long)gpu["bytes_to_device_before_losses"]!, (long)gpu["bytes_from_device_before_losses"]!));
        Assert.True((long)gpu["bytes_from_device_in_epochs"]! > 0);
        foreach (JsonArray lines in (JsonArray[])[gpu["kernels"]!.AsArray(), profile["kernels"]!.AsArray()])
        {
            Assert.Equal(1, lines.Sum(line => (double)line!["share"]!), 1e-6);
            Assert.Equal((double)profile["seconds"]!, lines.Sum(line => (double)line!["seconds"]!), 1e-6);
        }

        Assert.Contains(gpu["kernels"]!.AsArray(), line => (long?)line!["launches"] > 0 && (double)line["seconds"]! > 0);
        Assert.All((string[])["fma_peak_gflops", "copy_gbps"], name => Assert.True((double)profile[name]! > 0));
    }

    private static string Device()
    {
        AcceleratorInfo first = Accelerators.List()[0];
        Assert.SkipWhen(first.Kind == AcceleratorKind.Cpu, string.Join("; ", Accelerators.Missing()));
        return first.Id;
    }

    private JsonObject Train(string method, string device, string folder, string[] source)
    {
        string run = Path.Combine(folder, method);
        string[] more = ["--epochs", "2", "--batch-size", "256", "--device", device, "--out", tool[run], "--quiet"];
        ToolRun.Run(["train", "--data", tool.Root, "--target", "jp", "--method", method, .. source, .. more]).Done();
        return tool.Json(Path.Combine(run, "result.json"));
    }

    private byte[] Model(string folder, string method) => File.ReadAllBytes(tool[Path.Combine(folder, method, "model.safetensors")]);
}
