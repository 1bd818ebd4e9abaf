// Popularity and item neighbours agree with their definitions, computed pair by pair.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
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
        Data data = new(seed.Value);
        IScorer scorer = Read(new PopularityFit().Make(data.Input(_device, threads: 1))).Scorer(_device, 0);
        int[] items = [.. Enumerable.Range(0, data.Tables.Items)];
        Real[] scores = new Real[items.Length];
        scorer.ScoreAll([3], items, scores);
        Assert.Equal(items.Select(item => (Real)data.Users.Sum(user => data.PositiveRows(user).Count(row => row == item))), scores);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Item_neighbours_score_by_the_cosine_with_items_of_the_user(Seed seed, byte most, bool shrinks)
    {
        Data data = new(seed.Value);
        ItemNeighboursFit fit = new(1 + (most % 8), shrinks ? 2.5 : 0);
        IScorer scorer = Read(fit.Make(data.Input(_device, threads: 3))).Scorer(_device, 0);
        int[] items = [.. Enumerable.Range(0, data.Tables.Items)], users = [.. data.Users];
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

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_score_has_the_same_bits_alone_in_a_batch_by_history_and_on_any_number_of_threads(Seed seed)
    {
        Data data = new(seed.Value);
        foreach (Func<int, IFittedModel> make in (Func<int, IFittedModel>[])
            [
                threads => new PopularityFit().Make(data.Input(_device, threads)),
                threads => new ItemNeighboursFit(5).Make(data.Input(_device, threads)),
            ])
        {
            IScorer scorer = make(1).Scorer(_device, 0), other = make(7).Scorer(_device, 0);
            int[] items = [.. Enumerable.Range(0, data.Tables.Items)], users = [.. data.Users];
            Real[] all = new Real[users.Length * items.Length], again = new Real[all.Length], pairs = new Real[all.Length];
            scorer.ScoreAll(users, items, all);
            other.Score([.. users.SelectMany(user => items.Select(_ => user))], [.. users.SelectMany(_ => items)], pairs);
            ItemHistory[] histories = [.. users.Select(user => new ItemHistory(data.PositiveRows(user), [], isTimed: true))];
            scorer.FoldIn(histories).ScoreAll(users, items, again);
            Assert.Equal(all, pairs);
            Assert.Equal(all, again);
        }
    }

    [Fact]
    public void A_checkpoint_with_inconsistent_rows_is_refused_and_the_error_names_the_tensor()
    {
        Data data = new(1);
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

    // A random market, with ratings of 0 and users who have an item twice.
    private sealed class Data
    {
        public Data(ulong seed)
        {
            MarketUnion union = new([Market.Prepare(TestMarkets.Random("jp", seed, users: 12, items: 14))]);
            (Placed, Tables) = (union.Markets[0], new TableIds(union));
        }

        public PlacedMarket Placed { get; }

        public TableIds Tables { get; }

        public FitInput Input(IDevice device, int threads) => new([Placed], Placed, Tables, device, threads);

        public IEnumerable<int> Users => Enumerable.Range(0, Tables.Users);

        public List<int> PositiveRows(int user)
        {
            List<int> rows = [];
            for (int row = 0; row < Placed.Market.TrainUsers.Length; row++)
            {
                if (Placed.UserRows[Placed.Market.TrainUsers[row]] == user && Placed.Market.TrainLabels[row] > 0)
                    rows.Add(Placed.ItemRows[Placed.Market.TrainItems[row]]);
            }

            return rows;
        }
    }
}
