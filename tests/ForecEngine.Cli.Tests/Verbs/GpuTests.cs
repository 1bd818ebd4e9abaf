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
