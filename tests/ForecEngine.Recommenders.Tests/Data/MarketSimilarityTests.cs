// MarketSimilarity: shared items, Jaccard and the cosine of popularity over shared items.

using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public class MarketSimilarityTests
{
    [Property]
    public void The_matrix_is_symmetric_with_values_from_0_to_1_and_a_diagonal_of_1(byte[] first, byte[] second)
    {
        MarketSimilarity similarity = Of(first, second);
        Assert.Equal(similarity[0, 1], similarity[1, 0]);
        Assert.InRange(similarity[0, 1].Cosine, 0, 1 + 1e-15);
        Assert.InRange(similarity[0, 1].Jaccard, 0, 1);
        MarketPair self = similarity[0, 0];
        Assert.Equal(first.Length == 0 ? new MarketPair(0, 0, 0) : new MarketPair(first.Distinct().Count(), 1, 1), self);
    }

    [Property]
    public void Doubling_the_rows_of_a_market_does_not_change_the_cosine(byte[] first, byte[] second) =>
        Assert.Equal(Of(first, second)[0, 1].Cosine, Of([.. first, .. first], second)[0, 1].Cosine, 1e-14);

    [Fact]
    public void Two_markets_have_the_similarities_computed_by_hand()
    {
        // Items 1 and 2 are shared, with 3 and 1 rows in the first market and 1 and 2 in the second: (3 + 2) / sqrt(10 x 5).
        MarketPair pair = Of([1, 1, 1, 2, 7], [1, 2, 2, 9, 9])[0, 1];
        Assert.Equal((2, 0.5), (pair.SharedItems, pair.Jaccard));
        Assert.Equal(5 / Math.Sqrt(50), pair.Cosine, 1e-15);
        Assert.Equal(new MarketPair(0, 0, 0), Of([1], [2])[0, 1]);
    }

    [Fact]
    public void Counted_rows_are_as_good_as_the_rows()
    {
        MarketSimilarity counted = new(256);
        counted.AddCounts("a", [0, 3, 1, 0, 0, 0, 0, 1]);
        counted.AddCounts("b", [0, 1, 2, 0, 0, 0, 0, 0, 0, 2]);
        Assert.Equal(["a", "b"], counted.Markets);
        Assert.Equal(Of([1, 1, 1, 2, 7], [1, 2, 2, 9, 9])[0, 1], counted[0, 1]);
    }

    private static MarketSimilarity Of(byte[] first, byte[] second)
    {
        MarketSimilarity similarity = new(256);
        similarity.Add("a", [.. first.Select(item => (int)item)]);
        similarity.Add("b", [.. second.Select(item => (int)item)]);
        return similarity;
    }
}
