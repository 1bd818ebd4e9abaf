// Every model that scores by histories keeps the bits of a score however it is asked for, and refuses damaged checkpoints.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class HistoryModelsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ScalarDevice _device = new();

    public void Dispose()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_score_has_the_same_bits_alone_in_a_block_by_history_after_a_checkpoint_and_on_any_device_and_threads(
        Seed seed, DeviceChoice choice, bool hasSource, bool isTimed, byte threads)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        using IDevice other = choice.Create();
        foreach (string name in FitCases.Names)
        {
            IFittedModel model = FitCases.Make(name, markets, _device);
            int[] items = [.. markets.Items.Reverse().Where(item => item % 7 != 3)];
            int[] users = [.. markets.Users.Where(user => markets.History(user).Length > 0)];
            Real[] all = new Real[users.Length * items.Length], found = new Real[all.Length];
            model.Scorer(_device, 0).ScoreAll(users, items, all);
            Assert.Equal(name != "next" || isTimed, all.Any(score => score != all[0]));

            // Pairs, item by item, on another device.
            IScorer fitted = FitCases.Make(name, markets, other, 1 + (threads % 4)).Scorer(other, 0);
            fitted.Score([.. items.SelectMany(_ => users)], [.. items.SelectMany(item => users.Select(_ => item))], found);
            Assert.Equal(all, users.SelectMany((_, u) => items.Select((_, i) => found[(i * users.Length) + u])));

            // New users with the same histories, in another order, of a model that is read.
            IScorer read = Read(model, other).Scorer(other, 0);
            read.ScoreAll(users, items, found);
            Assert.Equal(all, found);
            read.FoldIn([.. users.Reverse().Select(user => new ItemHistory(markets.History(user), [], isTimed))])
                .ScoreAll([.. users.Select((_, i) => users.Length - 1 - i)], items, found);
            Assert.Equal(all, found);
        }
    }

    [Fact]
    public void A_checkpoint_is_written_again_with_the_same_bytes()
    {
        FitMarkets markets = new(1, hasSource: true);
        foreach (string name in FitCases.Names)
        {
            SafetensorsFile.Write(_directory["one"], FitCases.Make(name, markets, _device).Tensors);
            SafetensorsFile.Write(_directory["two"], Read(FitCases.Make(name, markets, _device), _device).Tensors);
            Assert.Equal(File.ReadAllBytes(_directory["one"]), File.ReadAllBytes(_directory["two"]));
        }
    }

    [Theory]
    [InlineData("itemknn", "user_items.timed", "tensor 'user_items.timed' has shape")]
    [InlineData("itemknn", "near.similarities", "tensor 'near.similarities' has shape")]
    [InlineData("itemknn", "user_items.starts", "user_items is damaged")]
    [InlineData("next", "near.columns", "near is damaged")]
    [InlineData("rp3beta", "recency", "tensor 'recency' has shape")]
    [InlineData("ease", "items", "items is damaged")]
    [InlineData("ease", "item_weights", "tensor 'item_weights' has shape")]
    [InlineData("ials", "least_squares", "tensor 'least_squares' has shape")]
    [InlineData("item-bag", "last_item.weight", "tensor 'last_item.weight' has shape")]
    [InlineData("item-bag", "item_out.weight", "tensor 'item_out.weight' has shape")]
    [InlineData("item-bag", "item_bias.weight", "item_bias.weight has 15 elements")]
    [InlineData("blend", "blend.pop", "tensor 'blend.pop' has shape")]
    [InlineData("blend", "pop/popularity.weight", "part 'pop': has 15 items, other parts 14")]
    [InlineData("blend", "edlae++/item_weights", "part 'edlae++': tensor 'item_weights' has shape")]
    [InlineData("blend", "item-bag/item_out.weight", "part 'item-bag': tensor 'item_out.weight' has shape")]
    public void A_tensor_with_a_row_too_many_is_refused_by_name(string model, string tensor, string message) =>
        Refused(model, tensors => tensors.Select(each => each.Name == tensor ? Longer(each) : each), message);

    [Theory]
    [InlineData("itemknn", "recency", new double[] { 0, 0.1 }, "recency is damaged")]
    [InlineData("ease", "recency", new double[] { 0.5, double.NaN }, "recency is damaged")]
    [InlineData("ials", "least_squares", new double[] { -1, 0.1 }, "least_squares is damaged")]
    [InlineData("ials", "least_squares", new double[] { 0.1, 0 }, "least_squares is damaged")]
    [InlineData("blend", "blend.pop", new double[] { double.NaN, 0.1 }, "blend.pop is damaged")]
    public void Settings_that_are_out_of_range_are_refused_by_name(string model, string tensor, double[] values, string message) =>
        Refused(
            model, tensors => tensors.Select(each => each.Name == tensor ? SafeTensor.Of<double>(tensor, values, 2) : each), message);

    [Fact]
    public void A_checkpoint_without_one_of_its_tensors_is_refused_unless_earlier_versions_had_none()
    {
        FitMarkets markets = new(1);
        foreach (string name in FitCases.Names)
        {
            SafeTensor[] whole = [.. FitCases.Make(name, markets, _device).Tensors];
            foreach (SafeTensor gone in whole)
            {
                SafetensorsFile.Write(_directory["model"], whole.Where(tensor => tensor != gone).ToArray());
                bool isNew = gone.Name.EndsWith("recency", StringComparison.Ordinal)
                    || gone.Name.EndsWith("user_items.timed", StringComparison.Ordinal)
                    || gone.Name.StartsWith("blend.", StringComparison.Ordinal); // a blend of the other parts
                Exception? thrown = Record.Exception(() => Load(_device));
                Assert.True(isNew ? thrown is null : thrown is CheckpointException, $"{name} without {gone.Name}: {thrown}");
            }
        }
    }

    private void Refused(string model, Func<IEnumerable<SafeTensor>, IEnumerable<SafeTensor>> damage, string message)
    {
        SafetensorsFile.Write(_directory["model"], [.. damage(FitCases.Make(model, new FitMarkets(1), _device).Tensors)]);
        string said = Assert.Throws<CheckpointException>(() => Load(_device)).Message;
        Assert.StartsWith($"{_directory["model"]}: {message}", said, StringComparison.Ordinal);
    }

    // With one row more: of zeros, or for offsets and indices of numbers that are too large.
    private static SafeTensor Longer(SafeTensor tensor)
    {
        int[] shape = [tensor.Shape[0] + 1, .. tensor.Shape.Skip(1)];
        int more = tensor.Count / tensor.Shape[0];
        return tensor.Dtype == SafeDtype.I64
            ? SafeTensor.Of<long>(tensor.Name, [.. tensor.ToInt64s(), .. Enumerable.Repeat(1000L, more)], shape)
            : SafeTensor.Of<float>(tensor.Name, [.. tensor.ToSingles(), .. new float[more]], shape);
    }

    private IFittedModel Read(IFittedModel model, IDevice device)
    {
        SafetensorsFile.Write(_directory["model"], model.Tensors);
        return Load(device);
    }

    private IFittedModel Load(IDevice device)
    {
        SafetensorsFile file = SafetensorsFile.Read(_directory["model"]);
        (ModelEntry entry, ModelShape shape) = ModelCatalog.Identify(file);
        return entry.Load(device, file, shape);
    }
}
