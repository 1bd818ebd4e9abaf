// EASE and EDLAE agree with a dense inverse in double.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class EaseFitTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Weights_are_those_of_the_inverse_of_the_co_counts(Seed seed, bool hasSource, bool isTimed, bool denoises, byte share)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        EaseFit fit = new(2.5, denoises ? 0.4 : 0, share % 3 / 2.0) { Recency = new Recency(0.6, 0.2) };
        int[] own = [.. markets.Target.ItemRows.Where(row => row >= 0)];
        int n = own.Length;
        double[,] counts = new double[n, n];
        int[][] histories = markets.Histories;
        foreach (int user in markets.Users)
        {
            double weight = markets.Target.UserRows.Contains(user) ? 1 : fit.SourceShare;
            foreach ((int i, int j) in from i in Enumerable.Range(0, n) from j in Enumerable.Range(0, n) select (i, j))
                counts[i, j] += histories[user].Contains(own[i]) && histories[user].Contains(own[j]) ? weight : 0;
        }

        for (int i = 0; i < n; i++)
            counts[i, i] += fit.Ridge + (fit.Dropout / (1 - fit.Dropout) * counts[i, i]);
        double[,] inverse = DenseSystem.Inverse(counts);

        IScorer scorer = fit.Make(markets.Input(_device)).Scorer(_device, 0);
        foreach (int user in markets.Users)
        {
            Real[] scores = new Real[markets.Items.Length];
            scorer.ScoreAll([user], markets.Items, scores);
            int[] history = histories[user];
            foreach (int item in markets.Items)
            {
                int j = Array.IndexOf(own, item);
                double expected = j < 0 ? 0 : history.Select((had, place) =>
                {
                    int i = Array.IndexOf(own, had);
                    double weight = isTimed ? (0.8 * Math.Pow(0.6, history.Length - 1 - place)) + 0.2 : 1;
                    return i < 0 || i == j ? 0 : -inverse[i, j] / inverse[j, j] * weight;
                }).Sum();
                Assert.Equal(expected, scores[item], 2e-5);
            }
        }
    }

    [Fact]
    public void Without_a_share_sources_do_not_change_the_scores_of_the_targets_users()
    {
        FitMarkets both = new(4, hasSource: true), alone = new(4);
        EaseFit fit = new(3, SourceShare: 0);
        string[] items = [.. Enumerable.Range(0, alone.Target.Market.PoolSize).Select(alone.Target.Market.Items.Text)];
        foreach (int user in alone.Users)
        {
            Real[] one = new Real[items.Length], two = new Real[items.Length];
            fit.Make(alone.Input(_device)).Scorer(_device, 0).ScoreAll([user], [.. items.Select(alone.Tables.ItemRow)], one);
            fit.Make(both.Input(_device)).Scorer(_device, 0).ScoreAll([user], [.. items.Select(both.Tables.ItemRow)], two);
            Assert.Equal(one, two);
        }
    }
}
