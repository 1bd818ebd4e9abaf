// GMF, MLP and NMF agree with PyTorch (tests/fixtures/pytorch_nmf.py) for the same weights and minibatch: logits, loss, every gradient,
// and the weights after three steps of Adam.

using ForecEngine.Autodiff;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class PyTorchFixtureTests
{
    private const double Tolerance = 5e-6;
    private static readonly ModelShape s_shape = new(Users: 7, Items: 11, Dimension: 8, [16, 64, 32, 16, 8]);

    private readonly SafetensorsFile _nmf = SafetensorsFile.Read(RepositoryFiles.At("tests", "fixtures", "pytorch_nmf.safetensors"));
    private readonly SafetensorsFile _expected =
        SafetensorsFile.Read(RepositoryFiles.At("tests", "fixtures", "pytorch_nmf_expected.safetensors"));

    public static TheoryData<string, bool> ModelsAndDevices =>
        [.. ((string[])["gmf", "mlp", "nmf"]).SelectMany(name => new[] { (name, false), (name, true) })];

    [Theory]
    [MemberData(nameof(ModelsAndDevices))]
    public void Logits_agree_with_PyTorch(string name, bool vectors)
    {
        using IDevice device = Device(vectors);
        Tensor logits = Loaded(name, device).Logits(new Tape(device), Batch(device));
        AssertNear(_expected.Find($"{name}/logits"), logits.Value.Values, "logits");
    }

    [Theory]
    [MemberData(nameof(ModelsAndDevices))]
    public void The_loss_and_every_gradient_agree_with_PyTorch(string name, bool vectors)
    {
        using IDevice device = Device(vectors);
        IRecommender model = Loaded(name, device);
        HostStorage<Real> loss = new(1);
        new LossGradient(device, model).Add(Batch(device), 1, loss.Slice());
        Assert.Equal(_expected.Find($"{name}/loss").ToSingles()[0], loss.Span[0], Tolerance);
        foreach (Parameter parameter in model.Parameters)
        {
            SafeTensor expected = _expected.Find($"{name}/gradient/{parameter.Name}", [.. parameter.Shape]);
            switch (parameter)
            {
                case DenseParameter dense:
                    AssertNear(expected, dense.Gradient.Values, parameter.Name);
                    break;
                case EmbeddingTable table:
                    EmbeddingTable whole = new(device, parameter.Name, table.Shape[0], table.Shape[1]);
                    ReadOnlySpan<Real> positions = table.Gradient.Values.Values.Span;
                    for (int i = 0; i < positions.Length; i++)
                        whole.Value.Values.Span[(table.Gradient.Rows.Values.Span[i / 8] * 8) + (i % 8)] += positions[i];
                    AssertNear(expected, whole.Value.Values, parameter.Name);
                    break;
            }
        }
    }

    [Theory]
    [InlineData("adam_1e-7", 1e-7, AdamMode.Dense, false)]
    [InlineData("adam_1e-7", 1e-7, AdamMode.Dense, true)]
    [InlineData("adam_1e-3", 1e-3, AdamMode.Dense, false)]
    [InlineData("adam_1e-3", 1e-3, AdamMode.Dense, true)]
    [InlineData("sparse_adam", 0, AdamMode.Lazy, false)]
    [InlineData("sparse_adam", 0, AdamMode.Lazy, true)]
    [InlineData("sparse_adam_slices", 0, AdamMode.Lazy, false)]
    [InlineData("sparse_adam_slices", 0, AdamMode.Lazy, true)]
    public void Three_steps_of_Adam_agree_with_PyTorch(string group, double l2, AdamMode mode, bool vectors)
    {
        using IDevice device = Device(vectors);
        IRecommender model = Loaded("nmf", device);
        LossGradient gradient = new(device, model);
        Slice<Real> loss = device.Allocate<Real>(1).Slice();
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, l2, mode));
        long[] slices = group == "sparse_adam_slices" ? _expected.Find("slices", 3, 2).ToInt64s() : [0, 13, 0, 13, 0, 13];
        for (int i = 0; i < 3; i++)
        {
            gradient.Add(Batch(device, (int)slices[2 * i], (int)slices[(2 * i) + 1]), 1, loss);
            optimiser.Update();
        }

        foreach (Parameter parameter in model.Parameters)
            AssertNear(_expected.Find($"nmf/{group}/{parameter.Name}", [.. parameter.Shape]), parameter.Value.Values, parameter.Name);
    }

    private static IDevice Device(bool vectors) => vectors ? new SimdDevice(2) : new ScalarDevice();

    private IRecommender Loaded(string name, IDevice device)
    {
        IRecommender model = ModelCatalog.Create(name, device, s_shape);
        foreach (Parameter parameter in model.Parameters)
        {
            SafeTensor tensor = name == "nmf"
                ? _nmf.Find(parameter.Name, [.. parameter.Shape])
                : _expected.Find($"{name}/weight/{parameter.Name}", [.. parameter.Shape]);
            parameter.Value.Values.Write(tensor.ToSingles());
        }

        return model;
    }

    private Minibatch Batch(IDevice device, int begin = 0, int end = 13)
    {
        Minibatch batch = new(device, end - begin);
        batch.Set(
            [.. _expected.Find("batch/users").ToInt64s()[begin..end].Select(id => (int)id)],
            [.. _expected.Find("batch/items").ToInt64s()[begin..end].Select(id => (int)id)],
            _expected.Find("batch/labels").ToSingles().AsSpan(begin, end - begin));
        return batch;
    }

    private static void AssertNear(SafeTensor expected, Slice<Real> found, string name)
    {
        Real[] right = expected.ToSingles();
        Assert.Equal(right.Length, found.Length);
        for (int i = 0; i < right.Length; i++)
            Assert.True(
                Math.Abs(found.Span[i] - right[i]) <= Tolerance, $"{name}[{i}] is {found.Span[i]:R} where PyTorch has {right[i]:R}");
    }
}
