// MarketSimilarity: shared items, Jaccard and the cosine of popularity over shared items.

using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public class MarketSimilarityTests
{
    [Property]
    public void The_matrix_is_symmetric_in_zero_to_one_with_ones_on_its_diagonal(byte[] first, byte[] second)
    {
        MarketSimilarity similarity = Of(first, second);
        Assert.Equal(similarity[0, 1], similarity[1, 0]);
        Assert.InRange(similarity[0, 1].Cosine, 0, 1 + 1e-15);
        Assert.InRange(similarity[0, 1].Jaccard, 0, 1);
        MarketPair self = similarity[0, 0];
        Assert.Equal(first.Length == 0 ? new MarketPair(0, 0, 0) : new MarketPair(first.Distinct().Count(), 1, 1), self);
    }

    [Property]
    public void A_market_twice_as_large_is_just_as_like(byte[] first, byte[] second) =>
        Assert.Equal(Of(first, second)[0, 1].Cosine, Of([.. first, .. first], second)[0, 1].Cosine, 1e-14);

    [Fact]
    public void Two_markets_by_hand()
    {
        // Shared: items 1 and 2, with 3 and 1 rows in one and 1 and 2 in the other: 5 / sqrt(10 x 5).
        MarketPair pair = Of([1, 1, 1, 2, 7], [1, 2, 2, 9, 9])[0, 1];
        Assert.Equal((2, 0.5), (pair.SharedItems, pair.Jaccard));
        Assert.Equal(5 / Math.Sqrt(50), pair.Cosine, 1e-15);
        Assert.Equal(new MarketPair(0, 0, 0), Of([1], [2])[0, 1]);
    }

    private static MarketSimilarity Of(byte[] first, byte[] second)
    {
        MarketSimilarity similarity = new(256);
        similarity.Add("a", [.. first.Select(item => (int)item)]);
        similarity.Add("b", [.. second.Select(item => (int)item)]);
        return similarity;
    }
}
