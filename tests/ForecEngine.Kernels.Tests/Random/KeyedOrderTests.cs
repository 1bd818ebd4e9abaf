// The keyed order: a permutation, the same one place by place and many at once, and with no place that prefers an element.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class KeyedOrderTests
{
    [Property]
    public void Every_element_has_one_place(Length length, Seed seed)
    {
        int count = 3 * length.Value;
        KeyedOrder order = new(RandomSequence.Named((ulong)seed.Value, "test"), 3, count);
        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(order.At).Order());
    }

    [Property]
    public void Many_places_at_once_are_the_same_as_one_by_one(Length length, Seed seed)
    {
        Draws draws = new(seed);
        int count = 1 + draws.Below(draws.Below(2) == 0 ? 5000 : int.MaxValue - 1), first = draws.Below(count);
        int[] elements = new int[Math.Min(length.Value, count - first)];
        KeyedOrder order = new(RandomSequence.Named((ulong)seed.Value, "test"), 5, count);
        order.At(first, elements);
        Assert.Equal(Enumerable.Range(first, elements.Length).Select(order.At), elements);
    }

    [Fact]
    public void Seeds_and_draws_have_orders_of_their_own()
    {
        int[][] orders = [.. from seed in (ulong[])[1, 2] from draw in (ulong[])[0, 1] select Order(seed, draw, 1000)];
        for (int i = 0; i < orders.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.InRange(orders[i].Zip(orders[j], (a, b) => a == b).Count(same => same), 0, 10); // 1 expected
        }
    }

    // Chi-squared over a table of places by elements, each cut into 10 parts: 81 degrees of freedom, of which 99.9 % of random orders have
    // at most 128. The orders of neighbouring draws, summed.
    [Theory]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(65_000)]
    public void Places_prefer_no_elements(int count)
    {
        double[] table = new double[100];
        const int Orders = 40;
        for (ulong draw = 0; draw < Orders; draw++)
        {
            int[] order = Order(1, draw, count);
            for (int place = 0; place < count; place++)
                table[(int)(10L * place / count * 10) + (int)(10L * order[place] / count)]++;
        }

        double expected = Orders * count / 100.0;
        Assert.InRange(table.Sum(found => (found - expected) * (found - expected) / expected), 0, 128);
    }

    // The distance between the elements of neighbouring places is that of independent ones: a third of the count on average.
    [Fact]
    public void Neighbours_are_not_neighbours_afterwards()
    {
        const int Count = 50_000;
        int[] order = Order(1, 0, Count);
        double mean = order.Zip(order.Skip(1), (a, b) => Math.Abs((double)a - b)).Average();
        Assert.Equal(Count / 3.0, mean, Count * 0.005);
    }

    private static int[] Order(ulong seed, ulong draw, int count)
    {
        int[] order = new int[count];
        new KeyedOrder(RandomSequence.Named(seed, "test"), draw, count).At(0, order);
        return order;
    }
}
