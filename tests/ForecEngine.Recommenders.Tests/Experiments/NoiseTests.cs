// In randomly drawn rows the held-out items cannot be predicted. A model that ranks them above or below chance has had access to them.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class NoiseTests
{
    private const double Chance = 0.045; // nDCG@10 of one item among 99 others

    [Theory]
    [InlineData("gmf", 100)]
    [InlineData("nmf", 20)]
    [InlineData("maml", 15)]
    [InlineData("forec", 15)]
    public void A_model_trained_on_noise_ranks_at_chance_after_any_number_of_epochs(string method, int epochs) =>
        Assert.InRange(Ndcg(method, epochs, NegativesExclude.Training), Chance - 0.03, Chance + 0.03);

    [Fact]
    public void Negatives_that_exclude_held_out_items_reveal_them() =>
        Assert.True(Ndcg("gmf", 100, NegativesExclude.All) > 0.12);

    private static double Ndcg(string method, int epochs, NegativesExclude exclude)
    {
        using SimdDevice device = new(2);
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = "x",
            Sources = method is "maml" or "forec" ? ["y"] : [],
            Settings = new TrainingSettings
            {
                Gradient = new() { Epochs = epochs, L2 = 0 },
                Model = new() { Dimension = 64, Layers = [128, 64, 32, 16, 8] },
                Fork = new() { Head = [72, 32, 72] },
                Samples = new() { NegativesExclude = exclude },
            },
        };
        return new ExperimentRunner(device, keepScores: false)
            .Run(experiment, [Noise("x"), .. experiment.Sources.Select(Noise)], null, Metric.Default).Tested().Result.Means["ndcg@10"];
    }

    // 300 users with 9 of 130 items each, in random order.
    private static Market Noise(string market)
    {
        RandomSequence draws = RandomSequence.Named(1, $"test/noise/{market}");
        List<Row> rows = [];
        for (int user = 0; user < 300; user++)
        {
            int[] items = [.. Enumerable.Range(0, 130)];
            draws.At(user).Shuffle<int>(items);
            rows.AddRange(items.Take(9).Select((item, time) => new Row($"{market}{user}", $"i{item}", 5, time)));
        }

        return Market.Prepare(TestMarkets.Ratings(market, rows));
    }
}
