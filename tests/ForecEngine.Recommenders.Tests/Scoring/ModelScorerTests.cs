// Scores are the logits of the model, for any number of pairs and both ways of requesting them.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Scoring;

public sealed class ModelScorerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(9001)]
    public void Every_pair_gets_its_score_across_batch_boundaries(int count)
    {
        using IDevice device = new ScalarDevice();
        int[] users = [.. Enumerable.Range(0, count).Select(i => i / 100)], items = [.. Enumerable.Range(0, count).Select(i => i % 100)];
        Real[] scores = new Real[count];
        Scorer(device).Score(users, items, scores);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (Real)i), scores);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 4096)]
    [InlineData(60, 90)]
    [InlineData(9001, 1)]
    public void Every_user_gets_a_score_for_every_item_across_batch_boundaries(int users, int items)
    {
        using IDevice device = new ScalarDevice();
        Real[] scores = new Real[users * items];
        Scorer(device).ScoreAll([.. Enumerable.Range(0, users)], [.. Enumerable.Range(0, items)], scores);
        Assert.Equal(Enumerable.Range(0, scores.Length).Select(i => (Real)((100 * (i / items)) + (i % items))), scores);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void Scores_of_all_items_are_bit_for_bit_those_of_the_pairs_for_every_model(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/score-all");
        string name = ModelCatalog.Names.ElementAt(draws.Below(0, ModelCatalog.Names.Count));
        using SimdDevice device = new(2);
        int markets = 1 + draws.Below(1, 3), market = draws.Below(2, markets);
        IRecommender model = ModelCatalog.Create(name, device, new ModelShape(9, 40, 4, [8, 12, 6]) { Markets = markets });
        model.Initialise(seed.Value, "test", 1);
        int[] users = [.. Enumerable.Range(0, 9).Where(user => draws.Below(10 + (ulong)user, 2) == 0)];
        int[] items = [.. Enumerable.Range(0, 40).Where(item => draws.Below(100 + (ulong)item, 3) > 0)];
        Real[] all = new Real[users.Length * items.Length], pairs = new Real[all.Length];
        ModelScorer scorer = new(device, model, market);
        scorer.ScoreAll(users, items, all);
        scorer.Score([.. users.SelectMany(user => items.Select(_ => user))], [.. users.SelectMany(_ => items)], pairs);
        Assert.Equal(pairs, all);
    }

    [Fact]
    public void Scalar_and_vectors_score_the_same_bits()
    {
        int[] users = [.. Enumerable.Range(0, 5000).Select(i => i % 7)], items = [.. Enumerable.Range(0, 5000).Select(i => i % 11)];
        Assert.Equal(Scores(new ScalarDevice()), Scores(new SimdDevice(2)));

        Real[] Scores(IDevice device)
        {
            using (device)
            {
                IRecommender model = ModelCatalog.Create("nmf", device, new ModelShape(7, 11, 8, [16, 64, 32, 16, 8]));
                model.Initialise(1, "test", 1);
                Real[] scores = new Real[users.Length];
                new ModelScorer(device, model).Score(users, items, scores);
                return scores;
            }
        }
    }

    [Theory]
    [InlineData(2, 3, 3)]
    [InlineData(3, 2, 3)]
    [InlineData(3, 3, 2)]
    public void Errors_name_lengths_that_differ(int users, int items, int scores)
    {
        using IDevice device = new ScalarDevice();
        ModelScorer scorer = Scorer(device);
        string lengths = $"{users} users, {items} items and {scores} scores";
        string message = Assert.Throws<ArgumentException>(() => scorer.Score(new int[users], new int[items], new Real[scores])).Message;
        Assert.StartsWith($"{lengths}; expects equal numbers", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>(() => scorer.ScoreAll(new int[users], new int[items], new Real[scores])).Message;
        Assert.StartsWith($"{lengths}; expects users times items", message, StringComparison.Ordinal);
    }

    private static ModelScorer Scorer(IDevice device) => new(device, new FixedScores(device, (user, item) => (100 * user) + item));
}
