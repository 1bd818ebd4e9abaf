// ModelCheckpoint reads a model as it wrote it, bit for bit. For a file that does not fit, the error is one line.

using ForecEngine.Autodiff;
using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class ModelCheckpointTests : IDisposable
{
    private static readonly ModelShape s_shape = new(Users: 5, Items: 6, Dimension: 3, [6, 7, 4]);

    private readonly ScalarDevice _device = new();
    private readonly TemporaryDirectory _directory = new();

    public void Dispose()
    {
        _directory.Dispose();
        _device.Dispose();
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void Every_model_is_recognised_and_read_back_with_its_sizes_and_values(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        int dimension = 1 + draws.Below(0, 9);
        IEnumerable<int> widths = Enumerable.Range(0, 1 + draws.Below(3, 3)).Select(i => 1 + draws.Below(4 + (ulong)i, 9));
        ModelShape shape = new(1 + draws.Below(1, 9), 1 + draws.Below(2, 9), dimension, [2 * dimension, .. widths])
        {
            Markets = 2 + draws.Below(20, 3),
        };
        shape = shape with { Target = draws.Below(21, shape.Markets) };
        foreach (string name in ModelCatalog.Names)
        {
            IRecommender model = Model(name, shape, seed.Value);
            string path = _directory[$"{name}.safetensors"];
            SafetensorsFile.Write(path, model.Tensors, new Dictionary<string, string> { ["method"] = name });
            SafetensorsFile file = SafetensorsFile.Read(path);

            (ModelEntry found, ModelShape foundShape) = ModelCatalog.Identify(file);
            Assert.Equal(name, found.Name);
            Assert.Equal((shape.Users, shape.Items, shape.Dimension), (foundShape.Users, foundShape.Items, foundShape.Dimension));
            if (found.HasLayers)
                Assert.Equal(shape.Layers, foundShape.Layers);
            Assert.True(foundShape.Markets == 1 || foundShape.Markets == shape.Markets);
            Assert.Equal(found.SetsTargetApart ? shape.Target : 0, foundShape.Target);
            Assert.Equal(name, file.Metadata["method"]);
            IRecommender read = ModelCatalog.Create(found.Name, _device, foundShape);
            ModelCheckpoint.Read(file, read);
            Assert.Equal(Values(model).Select(BitConverter.SingleToUInt32Bits), Values(read).Select(BitConverter.SingleToUInt32Bits));
        }
    }

    [Fact]
    public void A_file_of_PyTorch_is_recognised_and_gives_PyTorch_s_logits()
    {
        SafetensorsFile file = SafetensorsFile.Read(RepositoryFiles.At("tests", "fixtures", "pytorch_nmf.safetensors"));
        SafetensorsFile expected = SafetensorsFile.Read(RepositoryFiles.At("tests", "fixtures", "pytorch_nmf_expected.safetensors"));
        (ModelEntry entry, ModelShape shape) = ModelCatalog.Identify(file);
        Assert.Equal("nmf", entry.Name);
        Assert.Equal([16, 64, 32, 16, 8], shape.Layers);
        IRecommender model = (IRecommender)entry.Load(_device, file, shape);

        Minibatch batch = new(_device, 13);
        batch.Set(
            [.. expected.Find("batch/users").ToInt64s().Select(id => (int)id)],
            [.. expected.Find("batch/items").ToInt64s().Select(id => (int)id)]);
        Real[] logits = model.Logits(new Tape(_device, recording: false), batch).Value.Values.Span.ToArray();
        Assert.Equal(expected.Find("nmf/logits").ToSingles(), logits, (one, other) => Math.Abs(one - other) < 5e-6f);
    }

    [Fact]
    public void A_missing_tensor_is_named_and_nothing_is_overwritten() => Refused(
        [.. Tensors().Where(tensor => tensor.Name != "affine_output.bias")], "has no tensor", "affine_output.bias");

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes_and_nothing_is_overwritten() => Refused(
        [.. Tensors().Select(tensor => tensor.Name == "fc_layers.1.weight" ? SafeTensor.Of(tensor.Name, new float[20], 4, 5) : tensor)],
        "fc_layers.1.weight", "[4, 5]", "[4, 7] is needed");

    [Fact]
    public void A_tensor_of_integers_is_named_and_nothing_is_overwritten() => Refused(
        [.. Tensors().Select(tensor => tensor.Name == "fc_layers.1.weight" ? SafeTensor.Of(tensor.Name, new long[28], 4, 7) : tensor)],
        "fc_layers.1.weight", "F32, F64, F16 or BF16 is needed");

    [Fact]
    public void A_file_that_is_not_a_model_is_refused()
    {
        string path = _directory["other.safetensors"];
        SafetensorsFile.Write(path, [SafeTensor.Of("weights", [1f, 2f], 2)]);
        string message = Assert.Throws<CheckpointException>(() => ModelCatalog.Identify(SafetensorsFile.Read(path))).Message;
        Assert.Contains("has none of the models", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);

        SafetensorsFile.Write(
            path, [SafeTensor.Of("embedding_user.weight", [1f, 2f], 2), SafeTensor.Of("embedding_item.weight", [1f, 2f], 1, 2)]);
        message = Assert.Throws<CheckpointException>(() => ModelCatalog.Identify(SafetensorsFile.Read(path))).Message;
        Assert.Contains("embedding_user.weight is not a table: its shape is [2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ddtcdr_file_with_a_bridge_for_every_market_has_no_target_and_is_refused()
    {
        string path = _directory["networks.safetensors"];
        SafetensorsFile.Write(path, Model("ddtcdr", s_shape with { Markets = 2 }, 1).Tensors);
        SafeTensor bridge = SafeTensor.Of("markets.0.bridge_from_target.weight", new float[9], 3, 3);
        SafetensorsFile.Write(path, [.. SafetensorsFile.Read(path).Tensors, bridge]);
        string message = Assert.Throws<CheckpointException>(() => ModelCatalog.Identify(SafetensorsFile.Read(path))).Message;
        Assert.Contains("networks of 2 markets, of which 0 have no bridge", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fc_layers.0.weight", 12_000, 1, "[12000, 6] is needed")]
    [InlineData("fc_layers.1.weight", 1, 12_000, "[1, 7] is needed")]
    [InlineData("embedding_item_mf.weight", 1, 3, "[6, 3] is needed")]
    public void Tensors_with_inconsistent_shapes_are_refused_before_a_model_is_allocated(
        string name, int rows, int columns, string needed)
    {
        string path = _directory["absurd.safetensors"];
        SafetensorsFile.Write(path,
            [.. Tensors().Select(tensor => tensor.Name == name ? SafeTensor.Of(name, new float[rows * columns], rows, columns) : tensor)]);
        SafetensorsFile file = SafetensorsFile.Read(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<CheckpointException>(() => ModelCatalog.Identify(file)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.EndsWith(needed, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SafeDtype.F16)]
    [InlineData(SafeDtype.BF16)]
    public void A_model_in_half_precision_is_read_and_then_written_as_F32(SafeDtype dtype)
    {
        string path = _directory["half.safetensors"], again = _directory["again.safetensors"];
        HalfPrecisionFile.Write(path, dtype, Tensors());
        SafetensorsFile file = SafetensorsFile.Read(path);
        (ModelEntry entry, ModelShape shape) = ModelCatalog.Identify(file);
        IRecommender model = (IRecommender)entry.Load(_device, file, shape);
        SafetensorsFile.Write(again, model.Tensors);
        foreach (SafeTensor tensor in SafetensorsFile.Read(again).Tensors)
        {
            Assert.Equal(SafeDtype.F32, tensor.Dtype);
            Assert.Equal(file.Find(tensor.Name).ToSingles(), tensor.ToSingles());
        }
    }

    private void Refused(SafeTensor[] tensors, params string[] said)
    {
        string path = _directory["damaged.safetensors"];
        SafetensorsFile.Write(path, tensors);
        IRecommender model = Model("nmf", s_shape, 2);
        Real[] before = Values(model);
        string message = Assert.Throws<CheckpointException>(() => ModelCheckpoint.Read(SafetensorsFile.Read(path), model)).Message;
        Assert.All(said, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal(before, Values(model));
    }

    private IReadOnlyList<SafeTensor> Tensors()
    {
        string path = _directory["whole.safetensors"];
        SafetensorsFile.Write(path, Model("nmf", s_shape, 1).Tensors);
        return SafetensorsFile.Read(path).Tensors;
    }

    private IRecommender Model(string name, ModelShape shape, ulong seed)
    {
        IRecommender model = ModelCatalog.Create(name, _device, shape);
        model.Initialise(seed, "test", 1);
        return model;
    }

    private static Real[] Values(IRecommender model) => [.. model.Parameters.SelectMany(p => p.Value.Values.Span.ToArray())];
}
