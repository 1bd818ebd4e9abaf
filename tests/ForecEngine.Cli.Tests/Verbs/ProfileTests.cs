// The output of forec profile on a market of the demo.

using System.Text.Json;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class ProfileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("forec-profile-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Profile_prints_spans_and_kernels_and_writes_them_as_JSON_and_as_a_trace()
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
        IEnumerable<JsonElement> lines = ((string[])["stages", "kernels"]).SelectMany(part => root.GetProperty(part).EnumerateArray());
        int calls = lines.Sum(line => line.GetProperty("calls").GetInt32());
        Assert.Equal(
            calls,
            events.RootElement.GetProperty("traceEvents").EnumerateArray()
                .Count(e => e.GetProperty("ph").GetString() == "X" && e.GetProperty("cat").GetString() != "period"));
    }

    // The layers 16-64-32-16-8 and the output layer take 22,368 FLOPs a sample, forward and backward. Evaluation adds forward passes for
    // 100 candidates of each user and split.
    [Fact]
    public void The_reported_FLOPs_of_nmf_are_those_of_its_layers()
    {
        string json = Path.Combine(_directory, "profile.json");
        Assert.Equal(0, Run("--method", "nmf", "--preset", "paper", "--device", "scalar", "--json", json).Status);
        using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement root = profile.RootElement;
        long samples = root.GetProperty("samples").GetInt64() / 3; // of each of gmf, mlp, nmf
        IEnumerable<JsonElement> kernels = root.GetProperty("kernels").EnumerateArray();
        JsonElement kernel = kernels.Single(k => k.GetProperty("name").GetString() == "Dense backward");
        long backward = kernel.GetProperty("flops").GetInt64();
        const long Tower = (16 * 64) + (64 * 32) + (32 * 16) + (16 * 8), Biases = 64 + 32 + 16 + 8;
        long gmf = (4 * 8) + 1, mlp = (4 * (Tower + 8)) + Biases + 1, nmf = (4 * (Tower + 16)) + Biases + 1;
        Assert.Equal(samples * (gmf + mlp + nmf), backward);
    }

    [Fact]
    public void A_trace_file_that_cannot_be_written_is_an_error_before_the_measurement()
    {
        (int status, string output, string error) = Run("--method", "nmf", "--trace", Path.Combine(_directory, "missing", "trace.json"));
        Assert.Equal((1, ""), (status, output));
        Assert.Contains("trace.json: cannot be written", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Profile_refuses_options_that_would_write_a_model()
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
