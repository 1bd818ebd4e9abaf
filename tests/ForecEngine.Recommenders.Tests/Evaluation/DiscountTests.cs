// Discount computes log2(rank + 1) by a series.

using ForecEngine.Recommenders.Evaluation;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public class DiscountTests
{
    [Fact]
    public void The_divisor_is_the_binary_logarithm_of_the_rank_plus_1_to_the_last_bits()
    {
        foreach (int rank in Enumerable.Range(1, 5000).Append(int.MaxValue))
        {
            double expected = Math.Log2(rank + 1.0);
            Assert.InRange(Discount.Divisor(rank), expected * (1 - 5e-16), expected * (1 + 5e-16));
        }
    }

    [Fact]
    public void The_logarithm_of_a_power_of_two_is_exact() =>
        Assert.Equal((1, 2, 3), (Discount.Divisor(1), Discount.Divisor(3), Discount.Divisor(7)));
}
