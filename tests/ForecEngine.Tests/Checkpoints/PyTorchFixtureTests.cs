// Checkpoints written by PyTorch (tests/fixtures/pytorch_nmf.py) are read by name: a forward pass in double, written out here, gives
// PyTorch's logits. Where PyTorch is installed, it also reads a checkpoint of the engine.

using System.Diagnostics;
using System.Text.Json;
using ForecEngine.Checkpoints;
using Xunit;

namespace ForecEngine.Tests.Checkpoints;

public sealed class PyTorchFixtureTests : IDisposable
{
    private const int Users = 7;
    private const int Items = 11;
    private const int Dim = 8;
    private static readonly int[] _widths = [16, 64, 32, 16, 8];

    private readonly TemporaryDirectory _directory = new();
    private readonly SafetensorsFile _weights = Fixture("pytorch_nmf.safetensors");
    private readonly SafetensorsFile _expected = Fixture("pytorch_nmf_expected.safetensors");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_checkpoint_of_PyTorch_loads_by_name_and_scores_the_same()
    {
        long[] users = _expected.Find("batch/users").ToInt64s();
        long[] items = _expected.Find("batch/items").ToInt64s();
        float[] logits = _expected.Find("nmf/logits", users.Length).ToSingles();
        for (int i = 0; i < users.Length; i++)
            Assert.Equal(logits[i], Logit((int)users[i], (int)items[i]), 2e-6);
    }

    [Fact]
    public void The_loss_is_the_mean_binary_cross_entropy_of_the_logits()
    {
        float[] labels = _expected.Find("batch/labels").ToSingles();
        IEnumerable<double> losses = _expected.Find("nmf/logits").ToSingles().Zip(labels, (x, y) => Math.Log(1 + Math.Exp(x)) - (x * y));
        Assert.Equal(_expected.Find("nmf/loss").ToSingles()[0], losses.Average(), 1e-6);
    }

    [Theory]
    [InlineData("gradient")]
    [InlineData("adam_1e-7")]
    [InlineData("adam_1e-3")]
    [InlineData("sparse_adam")]
    [InlineData("sparse_adam_slices")]
    public void Each_group_of_expected_values_has_a_tensor_of_the_right_shape_for_every_parameter(string group)
    {
        foreach (SafeTensor weight in _weights.Tensors)
            Assert.Contains(_expected.Find($"nmf/{group}/{weight.Name}", [.. weight.Shape]).ToSingles(), value => value != 0);
    }

    [Fact]
    public void PyTorch_reads_a_checkpoint_of_the_engine_and_scores_the_same()
    {
        string path = _directory["ours.safetensors"];
        SafetensorsFile.Write(
            path,
            [
                .. _weights.Tensors.Select(tensor => SafeTensor.Of(tensor.Name, tensor.ToSingles(), [.. tensor.Shape])),
                SafeTensor.Of("optimizer.step", [3L]),
                SafeTensor.Of("ids.users", "a\nb"u8, 3),
            ],
            new Dictionary<string, string> { ["schema"] = "a test's" });
        long[] users = _expected.Find("batch/users").ToInt64s();
        long[] items = _expected.Find("batch/items").ToInt64s();

        float[]? logits = InPyTorch([path, .. users.Zip(items, (user, item) => FormattableString.Invariant($"{user},{item}"))]);
        if (logits is null)
            Assert.Skip("no Python with torch here (Debian: python3-torch)");
        Assert.Equal(_expected.Find("nmf/logits").ToSingles(), logits, (one, other) => Math.Abs(one - other) < 1e-6f);
    }

    private static SafetensorsFile Fixture(string name) => SafetensorsFile.Read(RepositoryFiles.At("tests", "fixtures", name));

    private static float[]? InPyTorch(string[] arguments)
    {
        // The first python3 on the PATH may lack packages that the distribution's python3 has.
        foreach (string python in (string[])["python3", "/usr/bin/python3"])
        {
            ProcessStartInfo start = new(python)
            {
                ArgumentList = { "-B", RepositoryFiles.At("tests", "fixtures", "load_in_pytorch.py") },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (string argument in arguments)
                start.ArgumentList.Add(argument);
            try
            {
                using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start");
                Task<string> errors = process.StandardError.ReadToEndAsync();
                string output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                    return JsonSerializer.Deserialize<float[]>(output);
                Assert.Contains("ModuleNotFoundError", errors.GetAwaiter().GetResult(), StringComparison.Ordinal);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program; the next one is tried.
            }
        }

        return null;
    }

    // affine_output(cat[tower(cat[user, item]), user_mf * item_mf])
    private double Logit(int user, int item)
    {
        double[] vector = [.. Row("embedding_user_mlp.weight", Users, user), .. Row("embedding_item_mlp.weight", Items, item)];
        for (int layer = 0; layer + 1 < _widths.Length; layer++)
        {
            double[] inputs = vector;
            float[] weight = _weights.Find($"fc_layers.{layer}.weight", _widths[layer + 1], _widths[layer]).ToSingles();
            float[] bias = _weights.Find($"fc_layers.{layer}.bias", _widths[layer + 1]).ToSingles();
            vector = [.. bias.Select((b, o) => Math.Max(0, b + Dot(weight.AsSpan(o * inputs.Length, inputs.Length), inputs)))];
        }

        double[] itemFactors = Row("embedding_item_mf.weight", Items, item);
        double[] product = [.. Row("embedding_user_mf.weight", Users, user).Zip(itemFactors, (u, v) => u * v)];
        float[] output = _weights.Find("affine_output.weight", 1, _widths[^1] + Dim).ToSingles();
        return _weights.Find("affine_output.bias", 1).ToSingles()[0] + Dot(output, [.. vector, .. product]);
    }

    private double[] Row(string table, int rows, int row) =>
        Array.ConvertAll(_weights.Find(table, rows, Dim).ToSingles()[(row * Dim)..((row + 1) * Dim)], value => (double)value);

    private static double Dot(ReadOnlySpan<float> weights, double[] values)
    {
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
            sum += weights[i] * values[i];
        return sum;
    }
}
