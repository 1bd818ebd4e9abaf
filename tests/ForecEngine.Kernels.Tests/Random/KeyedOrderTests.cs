// The keyed order is a permutation, is the same one by one and many at once, and puts every element at every place equally often.

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
    public void Many_places_at_once_have_the_elements_of_one_by_one(Length length, Seed seed)
    {
        Draws draws = new(seed);
        int count = 1 + draws.Below(draws.Below(2) == 0 ? 5000 : int.MaxValue - 1), first = draws.Below(count);
        int[] elements = new int[Math.Min(length.Value, count - first)];
        KeyedOrder order = new(RandomSequence.Named((ulong)seed.Value, "test"), 5, count);
        order.At(first, elements);
        Assert.Equal(Enumerable.Range(first, elements.Length).Select(order.At), elements);
    }

    [Fact]
    public void Different_seeds_and_draws_give_different_orders()
    {
        int[][] orders = [.. from seed in (ulong[])[1, 2] from draw in (ulong[])[0, 1] select Order(seed, draw, 1000)];
        for (int i = 0; i < orders.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.InRange(orders[i].Zip(orders[j], (a, b) => a == b).Count(same => same), 0, 10); // 1 expected
        }
    }

    // Chi-squared test of the table of places by elements, in 10 x 10 cells, over the orders of consecutive draws. With 81 degrees of
    // freedom, chi-squared exceeds 128 with probability 0.001.
    [Theory]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(65_000)]
    public void Every_element_is_equally_often_at_every_place(int count)
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

    // Elements of neighbouring places are on average a third of the count apart, like independent ones.
    [Fact]
    public void Elements_of_neighbouring_places_are_independent()
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
