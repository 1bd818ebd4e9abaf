// The share of items shown, and the Gini coefficient of how often each is shown.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class CoverageTests
{
    [Theory]
    [InlineData(0, 1, 2, 2, 2, 2)]
    [InlineData(0.75, 0.25, 0, 4, 0, 0)]
    [InlineData(0.25, 1, 3, 1)]
    [InlineData(0, 0, 0, 0)]
    public void Gini_is_0_if_items_are_shown_equally_often_and_nearly_1_if_one_fills_all_lists(
        double gini, double share, params int[] shown)
    {
        Market market = TestMarkets.Prepared("jp", 1);
        RankedLists ranked = new(market, new AllCandidates(market, Split.Test), [], EvaluationResult.Of([], [], [])) { Shown = shown };
        Coverage? coverage = Coverage.Of(ranked);
        Assert.Equal((shown.Length, gini, share), (coverage?.Items, coverage?.Gini, coverage?.Share));
        Assert.Equal(market.Test.Count, coverage?.Lists);
    }

    [Fact]
    public void Sampled_candidates_have_no_coverage()
    {
        Market market = TestMarkets.Prepared("jp", 1);
        Assert.Null(Coverage.Of(new(market, SampledCandidates.Draw(market, Split.Test, 1, 5), [], EvaluationResult.Of([], [], []))));
        Assert.Null(Coverage.Of(null));
    }
}
