// RP3beta and the next items agree with their definitions, computed pair by pair.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class ItemPairFitsTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 25)]
    public void A_random_walk_scores_by_its_probabilities_and_the_popularity_of_the_item(
        Seed seed, bool hasSource, bool isTimed, byte nearest, byte beta)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        RandomWalkFit fit = new(1 + (nearest % 20), beta % 5 / 4.0) { Recency = new Recency(0.5, 0.1) };
        int[][] histories = markets.Histories;
        int[] ranks = markets.Tables.ItemRanks();
        double[] counts = [.. markets.Items.Select(item => (double)histories.Count(history => history.Contains(item)))];
        double[][] walks = [.. markets.Items.Select(from => markets.Items.Select(to => from == to ? 0
            : histories.Where(history => history.Contains(from) && history.Contains(to)).Sum(history => 1.0 / history.Length)
                / counts[from] / Math.Pow(counts[to], fit.Beta)).ToArray())];
        foreach (int item in markets.Items)
        {
            foreach (int other in markets.Items.Where(other => walks[item][other] > 0)
                .OrderByDescending(other => (Real)walks[item][other]).ThenByDescending(other => ranks[other]).Skip(fit.Nearest))
                walks[item][other] = 0;
        }

        Agree(markets, fit, fit.Recency, (from, to) => double.IsFinite(walks[from][to]) ? walks[from][to] : 0);
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 25)]
    public void Next_items_score_by_how_soon_users_chose_them_after_the_users_items(
        Seed seed, bool hasSource, bool isTimed, byte distance)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        NextItemsFit fit = new(1 + (distance % 6));
        int[][] histories = markets.Histories;
        double[] counts = [.. markets.Items.Select(item => (double)histories.Count(history => history.Contains(item)))];
        Agree(markets, fit, fit.Recency, (from, to) => !isTimed ? 0
            : histories.Sum(history => Soon(history, from, to)) / Math.Sqrt((counts[from] + 1) * (counts[to] + 1)));

        double Soon(int[] history, int from, int to)
        {
            int before = Array.IndexOf(history, from), after = Array.IndexOf(history, to);
            return before >= 0 && after > before && after - before <= fit.Distance ? 1.0 / (after - before) : 0;
        }
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 25)]
    public void Item_neighbours_weigh_the_users_items_by_their_age(Seed seed, bool hasSource, bool isTimed)
    {
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        ItemNeighboursFit fit = new(int.MaxValue, 1.5) { Recency = new Recency(0.7, 0.3) };
        int[][] histories = markets.Histories;
        double[] counts = [.. markets.Items.Select(item => (double)histories.Count(history => history.Contains(item)))];
        Agree(markets, fit, fit.Recency, (from, to) => from == to ? 0
            : histories.Count(history => history.Contains(from) && history.Contains(to)) / (Math.Sqrt(counts[from] * counts[to]) + 1.5));
    }

    // score(u, j) = the sum of w s(i, j), with w = (1 - floor) decay^(distance - 1) + floor for the histories with times.
    private void Agree(FitMarkets markets, ClosedFit fit, Recency recency, Func<int, int, double> similarity)
    {
        IScorer scorer = fit.Make(markets.Input(_device, threads: 2)).Scorer(_device, 0);
        double[][] pairs = [.. markets.Items.Select(from => markets.Items.Select(to => similarity(from, to)).ToArray())];
        foreach (int user in markets.Users)
        {
            int[] history = markets.History(user);
            Real[] scores = new Real[markets.Items.Length];
            scorer.ScoreAll([user], markets.Items, scores);
            foreach (int item in markets.Items)
            {
                double expected = history.Select((had, place) => pairs[had][item] * (!markets.Target.Market.HasTimes ? 1
                    : ((1 - recency.Floor) * Math.Pow(recency.Decay, history.Length - 1 - place)) + recency.Floor)).Sum();
                Assert.Equal(expected, scores[item], 1e-5);
            }
        }
    }
}
