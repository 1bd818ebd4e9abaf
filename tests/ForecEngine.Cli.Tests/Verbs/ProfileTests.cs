// forec profile on a market of the demo's: what it prints and writes, and that it says no more than it measured.

using System.Text.Json;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class ProfileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("forec-profile-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void It_prints_stages_and_kernels_and_writes_them_as_json_and_as_a_trace()
    {
        string json = Path.Combine(_directory, "profile.json"), trace = Path.Combine(_directory, "trace.json");
        (int status, string output, string error) = Run("--method", "nmf", "--json", json, "--trace", trace);
        Assert.Equal((0, ""), (status, error));
        foreach (string name in (string[])["sampling", "gradient", "optimiser", "evaluation", "Network", "Adam", "Take samples"])
            Assert.Contains($"| {name}", output, StringComparison.Ordinal);

        using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement root = profile.RootElement;
        foreach (string figure in (string[])["samples_per_second", "fma_peak_gflops", "copy_gbps"])
            Assert.True(root.GetProperty(figure).GetDouble() > 0, figure);
        foreach (string part in (string[])["stages", "kernels"])
            Assert.Equal(1, root.GetProperty(part).EnumerateArray().Sum(line => line.GetProperty("share").GetDouble()), 1e-9);
        using JsonDocument events = JsonDocument.Parse(File.ReadAllBytes(trace));
        int calls = ((string[])["stages", "kernels"]).Sum(part => root.GetProperty(part).EnumerateArray().Sum(line => line.GetProperty("calls").GetInt32()));
        Assert.Equal(
            calls, events.RootElement.GetProperty("traceEvents").EnumerateArray().Count(e => e.GetProperty("ph").GetString() == "X"));
    }

    // 16-64-32-16-8 and the output layer, forward and back: 22,368 FLOPs a sample in dense layers, less the input adjoint
    // of nothing. Evaluation adds forward passes of 100 candidates a user and split.
    [Fact]
    public void The_arithmetic_of_nmf_is_what_its_layers_say()
    {
        string json = Path.Combine(_directory, "profile.json");
        Assert.Equal(0, Run("--method", "nmf", "--device", "scalar", "--json", json).Status);
        using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement root = profile.RootElement;
        long samples = root.GetProperty("samples").GetInt64() / 3; // of each of gmf, mlp, nmf
        long backward = root.GetProperty("kernels").EnumerateArray().Single(k => k.GetProperty("name").GetString() == "Dense backward").GetProperty("flops").GetInt64();
        const long Tower = (16 * 64) + (64 * 32) + (32 * 16) + (16 * 8), Biases = 64 + 32 + 16 + 8;
        long gmf = (4 * 8) + 1, mlp = (4 * (Tower + 8)) + Biases + 1, nmf = (4 * (Tower + 16)) + Biases + 1;
        Assert.Equal(samples * (gmf + mlp + nmf), backward);
    }

    [Fact]
    public void A_trace_that_cannot_be_written_is_said_before_anything_is_measured()
    {
        (int status, string output, string error) = Run("--method", "nmf", "--trace", Path.Combine(_directory, "missing", "trace.json"));
        Assert.Equal((1, ""), (status, output));
        Assert.Contains("trace.json: cannot be written", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_of_train_that_writes_a_model_is_refused()
    {
        (int status, _, string error) = Run("--method", "nmf", "--out", _directory);
        Assert.Equal(2, status);
        Assert.Contains("out", error, StringComparison.Ordinal);
    }

    private static (int Status, string Output, string Error) Run(params string[] options)
    {
        using StringWriter output = new(), error = new();
        string[] threads = options.Contains("scalar") ? [] : ["--threads", "2"];
        int status = ForecTool.Run(["profile", "--data", Data(), "--target", "in", "--quiet", .. threads, .. options], output, error);
        return (status, output.ToString(), error.ToString());
    }

    private static string Data()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "ForecEngine.sln")))
                return Path.Combine(directory.FullName, "data");
        }

        throw new DirectoryNotFoundException("the repository's data/ is not above the tests");
    }
}
