// A GPU in the tool: records, checkpoints and the profile. Tests of the numbers are in Gpu/. Skipped where there is no GPU.

using System.Text.Json.Nodes;
using ForecEngine.Cli.Tests.Gpu;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

[Collection(nameof(GpuTestCollection))]
public sealed class GpuTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void A_run_names_its_gpu_and_any_device_evaluates_its_checkpoint()
    {
        string device = GpuDevices.Require();
        tool.Train(
            "--method", "nmf++", "--source", "uk", "--batch-size", "256", "--device", device, "--out", tool["crossed"]).Done();
        Assert.StartsWith(
            device.Split(':')[0], (string?)tool.Json("crossed/result.json")["experiment"]!["arithmetic"], StringComparison.Ordinal);
        foreach (string other in (string[])["cpu", device])
            ToolRun.Run(
                "evaluate", "--data", tool.Root, "--target", "jp", "--model", tool["crossed"], "--device", other, "--quiet").Done();
    }

    [Theory]
    [InlineData("gmf", 1)]
    [InlineData("nmf++", 3)]
    [InlineData("maml", 4)]
    public void A_step_on_a_GPU_is_two_launches_and_no_byte_crosses_the_bus_before_an_epochs_losses_are_read(string method, int phases)
    {
        string device = GpuDevices.Require(), file = tool[$"profile-{method}.json"];
        string[] source = method != "gmf" ? ["--source", "uk"] : [];
        ToolRun.Run(
            ["profile", "--data", tool.Root, "--target", "jp", "--method", method, .. source, "--preset", "paper", "--batch-size", "256",
                "--epochs", "2", "--device", device, "--json", file, "--quiet"]).Done();
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
}
