// The best K are the first K of a full sort.

using ForecEngine.Kernels.Ops;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class TopKTests
{
    [Property(MaxTest = 300)]
    public void The_best_are_the_first_of_a_sort_by_descending_score_and_rank(Seed seed)
    {
        // Few different scores, so that most are tied; every fifth item must not be recommended.
        Draws draws = new(seed);
        int count = draws.Below(60), most = draws.Below(20), kinds = 1 + draws.Below(12);
        Real[] scores = [.. Enumerable.Range(0, count).Select(_ => draws.Below(5) == 0
            ? draws.Below(9) == 0 ? Real.NaN : Real.NegativeInfinity : draws.Below(kinds) - 3)];
        int[] ranks = [.. Enumerable.Range(0, count).OrderBy(_ => draws.Between(0, 1))], items = new int[most];
        Real[] best = new Real[most];
        int[] sorted = [.. Enumerable.Range(0, count).Where(item => scores[item] > Real.NegativeInfinity)
            .OrderByDescending(item => scores[item]).ThenByDescending(item => ranks[item]).Take(most)];
        int missing = most - sorted.Length;
        Assert.Equal(sorted.Length, TopK.Select(scores, ranks, items, best));
        Assert.Equal([.. sorted, .. Enumerable.Repeat(-1, missing)], items);
        Assert.Equal([.. sorted.Select(item => scores[item]), .. Enumerable.Repeat(Real.NegativeInfinity, missing)], best);
    }

    [Fact]
    public void Among_equal_scores_the_greatest_rank_comes_first()
    {
        int[] items = new int[3];
        Assert.Equal(3, TopK.Select([1, 2, 2, 2], [3, 0, 2, 1], items, new Real[3]));
        Assert.Equal([2, 3, 1], items);
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TopK.Select([1, 2], [0], new int[1], new Real[1]));
        Assert.Throws<ArgumentException>(() => TopK.Select([1, 2], [0, 1], new int[1], new Real[2]));
    }
}
