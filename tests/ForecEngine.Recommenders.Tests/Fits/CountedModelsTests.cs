// Popularity and item neighbours agree with their definitions, computed pair by pair.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class CountedModelsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ScalarDevice _device = new();

    public void Dispose()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Popularity_is_the_number_of_training_positives(Seed seed)
    {
        FitMarkets data = new(seed.Value);
        IScorer scorer = Read(new PopularityFit().Make(data.Input(_device, threads: 1))).Scorer(_device, 0);
        int[] items = data.Items;
        Real[] scores = new Real[items.Length];
        scorer.ScoreAll([3], items, scores);
        Assert.Equal(items.Select(item => (Real)data.Users.Sum(user => data.PositiveRows(user).Count(row => row == item))), scores);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Item_neighbours_score_by_the_cosine_with_items_of_the_user(Seed seed, byte most, bool shrinks)
    {
        FitMarkets data = new(seed.Value);
        ItemNeighboursFit fit = new(1 + (most % 8), shrinks ? 2.5 : 0);
        IScorer scorer = Read(fit.Make(data.Input(_device, threads: 3))).Scorer(_device, 0);
        int[] items = data.Items, users = data.Users;
        Real[] all = new Real[users.Length * items.Length];
        scorer.ScoreAll(users, items, all);
        HashSet<int>[] had = [.. users.Select(user => data.PositiveRows(user).ToHashSet())];
        int[] ranks = data.Tables.ItemRanks();
        foreach (int item in items)
        {
            int[] near = [.. items.Where(other => other != item && Similarity(item, other) > 0)
                .OrderByDescending(other => (Real)Similarity(item, other)).ThenByDescending(other => ranks[other]).Take(fit.Nearest)];
            foreach (int user in users)
                Assert.Equal(near.Where(had[user].Contains).Sum(other => Similarity(item, other)), all[(user * items.Length) + item], 1e-5);
        }

        double Similarity(int one, int other) => had.Count(items => items.Contains(one) && items.Contains(other))
            / (Math.Sqrt((double)had.Count(items => items.Contains(one)) * had.Count(items => items.Contains(other))) + fit.Shrink);
    }

    [Fact]
    public void A_checkpoint_with_inconsistent_rows_is_refused_and_the_error_names_the_tensor()
    {
        FitMarkets data = new(1);
        string path = _directory["model.safetensors"];
        SafetensorsFile.Write(path, new ItemNeighboursFit().Make(data.Input(_device, 1)).Tensors);
        IReadOnlyList<SafeTensor> whole = SafetensorsFile.Read(path).Tensors;
        foreach (string name in (string[])["user_items.starts", "near.columns"])
        {
            SafeTensor Shifted(SafeTensor tensor) =>
                SafeTensor.Of(name, [.. tensor.ToInt64s().Select(value => value + 1000)], tensor.Count);
            SafetensorsFile.Write(path, [.. whole.Select(tensor => tensor.Name == name ? Shifted(tensor) : tensor)]);
            SafetensorsFile file = SafetensorsFile.Read(path);
            (ModelEntry entry, ModelShape shape) = ModelCatalog.Identify(file);
            string message = Assert.Throws<CheckpointException>(() => entry.Load(_device, file, shape)).Message;
            Assert.Contains($"{name.Split('.')[0]} is damaged", message, StringComparison.Ordinal);
        }
    }

    // Writes a checkpoint and reads it.
    private IFittedModel Read(IFittedModel model)
    {
        string path = _directory["model.safetensors"];
        SafetensorsFile.Write(path, model.Tensors);
        SafetensorsFile file = SafetensorsFile.Read(path);
        (ModelEntry entry, ModelShape shape) = ModelCatalog.Identify(file);
        return entry.Load(_device, file, shape);
    }
}
