// SourcePrior agrees with counts made by hand, and does not depend on held-out rows or on the order of the candidates.

using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class SourcePriorTests
{
    [Fact]
    public void Only_training_rows_count()
    {
        // The target trains on a, b and c; d is held out for validation and e for test. The source trains on b, c, c and e.
        Market target = Of("jp", ("u", "a b c d e"));
        Market source = Of("uk", ("v", "b c c e x y"));
        SourcePrior prior = Assert.Single(SourcePrior.Rank(target, [source]));
        Assert.Equal(2, prior.SharedItems);
        Assert.Equal(2.0 / 3, prior.ItemOverlap);
        Assert.Equal(4, prior.Rows);
        Assert.Equal(3 / Math.Sqrt(10), prior.PopularitySimilarity, 12);
        Assert.Equal(1, prior.MeanRank);
    }

    [Fact]
    public void The_mean_rank_is_over_three_measures_and_equal_candidates_share_a_rank()
    {
        Market target = Of("jp", ("u", "a b c d e"));
        Market[] candidates = [Of("uk", ("v", "a b c x x")), Of("ca", ("v", "a x y z z z")), Of("de", ("v", "a b c x x"))];
        IReadOnlyList<SourcePrior> priors = SourcePrior.Rank(target, candidates);

        // uk and de share ranks 1 and 2 by overlap, ranks 2 and 3 by rows, and all three share ranks 1 to 3 by similarity.
        Assert.Equal(["ca", "de", "uk"], priors.Select(prior => prior.Market).Order(StringComparer.Ordinal));
        Assert.Equal((1.5 + 2 + 2.5) / 3, priors.First(prior => prior.Market == "uk").MeanRank, 12);
        Assert.Equal((3 + 2 + 1) / 3.0, priors.First(prior => prior.Market == "ca").MeanRank, 12);
        Assert.Equal(["ca", "de", "uk"], priors.Select(prior => prior.Market));
    }

    [Fact]
    public void A_market_without_a_shared_item_comes_last_however_large_it_is()
    {
        Market target = Of("jp", ("u", "a b c d e"));
        Market large = Of("us", ("v", string.Join(' ', Enumerable.Range(0, 40).Select(i => $"x{i}"))));
        IReadOnlyList<SourcePrior> priors = SourcePrior.Rank(target, [large, Of("ca", ("v", "a y z"))]);
        Assert.Equal(["ca", "us"], priors.Select(prior => prior.Market));
        Assert.Equal((0, 0.0), (priors[1].SharedItems, priors[1].PopularitySimilarity));
    }

    [Property(Arbitrary = [typeof(Generators)])]
    public void The_order_of_the_candidates_does_not_matter(Seed seed)
    {
        Market target = TestMarkets.Prepared("jp", seed.Value);
        string[] names = ["ca", "de", "uk", "us"];
        Market[] candidates = [.. names.Select((name, i) => TestMarkets.Prepared(name, seed.Value, users: 10 + (10 * i)))];
        IReadOnlyList<SourcePrior> priors = SourcePrior.Rank(target, candidates);
        Assert.Equal(priors, SourcePrior.Rank(target, [.. candidates.Reverse()]));
        Assert.Equal(2.5, priors.Average(prior => prior.MeanRank), 12);
        Assert.All(priors, prior => Assert.InRange(prior.ItemOverlap, 0, 1));
    }

    // A market of users with their items by time; the last two are held out.
    private static Market Of(string name, params (string User, string Items)[] users) => Market.Prepare(
        TestMarkets.Ratings(
            name, [.. users.SelectMany(user => user.Items.Split(' ').Select((item, time) => new Row(user.User, item, 5, time)))]),
        new SplitRules { EvaluateFrom = 3 });
}
