// The average of item bags scores by the mean of their scores.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class ItemBagAverageTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_score_is_the_mean_of_the_scores_of_the_bags(Seed seed, bool isTimed, byte count)
    {
        FitMarkets markets = new(seed.Value, hasSource: true, isTimed);
        Dictionary<string, IFittedModel> bags = [];
        for (int member = 1; member <= 1 + (count % 4); member++)
            bags[$"bag-{member}"] = FitCases.Bag(markets, _device, member, dimension: 2 + member);
        IFittedModel mean = new ItemBagAverage([.. bags.Keys]).Make(markets.Input(_device) with { Earlier = bags });
        Assert.Equal(bags.Values.Sum(bag => ((ItemBag)bag).Dimension), ((ItemBag)mean).Dimension);
        for (int market = 0; market < 2; market++)
        {
            Real[][] own = [.. bags.Values.Select(bag => Scores(bag, market))];
            Real[] found = Scores(mean, market);
            for (int i = 0; i < found.Length; i++)
                Assert.Equal(own.Average(scores => (double)scores[i]), found[i], 1e-4);
            if (own.Length == 1)
                Assert.Equal(own[0], found);
        }

        Real[] Scores(IFittedModel model, int market)
        {
            Real[] scores = new Real[markets.Users.Length * markets.Items.Length];
            model.Scorer(_device, market).ScoreAll(markets.Users, markets.Items, scores);
            return scores;
        }
    }
}
