// Scores are a model's logits, however many there are.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class ScorerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(9001)]
    public void Every_pair_gets_its_own_score_over_the_ends_of_the_batches(int count)
    {
        using IDevice device = new ScalarDevice();
        int[] users = [.. Enumerable.Range(0, count).Select(i => i / 100)], items = [.. Enumerable.Range(0, count).Select(i => i % 100)];
        Real[] scores = new Real[count];
        new Scorer(device).Score(new FixedScores(device, (user, item) => (100 * user) + item), users, items, scores);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (Real)i), scores);
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
                new Scorer(device).Score(model, users, items, scores);
                return scores;
            }
        }
    }

    [Theory]
    [InlineData(2, 3, 3)]
    [InlineData(3, 2, 3)]
    [InlineData(3, 3, 2)]
    public void Lengths_that_differ_are_named(int users, int items, int scores)
    {
        using IDevice device = new ScalarDevice();
        string message = Assert.Throws<ArgumentException>(() =>
            new Scorer(device).Score(new FixedScores(device, (_, _) => 0), new int[users], new int[items], new Real[scores])).Message;
        Assert.StartsWith($"{users} users, {items} items and {scores} scores; equal numbers are needed", message, StringComparison.Ordinal);
    }
}
