// UnseenItems draws without replacement from the items that a user has no row for.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class UnseenItemsTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 500)]
    public void Draws_are_distinct_unseen_items_and_all_of_them_if_too_few_are_left(Seed seed, byte items, byte[] marked, byte wanted)
    {
        int[] seen = [.. marked.Select(item => (int)item).Where(item => item < items).Distinct().Order()];
        int[] drawn = new int[wanted];
        int count = UnseenItems.Draw(seen, items, RandomSequence.Named(seed.Value, "test"), 17, rows: 1, drawn);

        Assert.Equal(Math.Min(wanted, items - seen.Length), count);
        int[] those = drawn[..count];
        Assert.Equal(count, those.Distinct().Count());
        Assert.Empty(those.Intersect(seen));
        Assert.All(those, item => Assert.InRange(item, 0, items - 1));
    }

    // The sizes reach both paths of the mapping (few or many seen items) and more draws than fit in one block.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 500)]
    public void Each_row_has_the_items_that_Floyd_s_method_gives_it(
        Seed seed, byte marked, byte unseen, byte wanted, byte rows, ushort firstRow)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test");
        int items = marked + unseen;
        int[] order = [.. Enumerable.Range(0, items)];
        draws.Shuffle<int>(order);
        int[] seen = [.. order.Take(marked).Order()], rest = [.. order.Skip(marked).Order()];
        rows = (byte)(1 + (rows % 20));
        int[] drawn = new int[rows * wanted];
        int count = UnseenItems.Draw(seen, items, draws, firstRow, rows, drawn);

        Assert.Equal(Math.Min(wanted, unseen), count);
        for (int row = 0; row < rows; row++)
        {
            List<int> numbers = []; // Floyd's method in its simplest form
            for (int i = 0; i < count; i++)
            {
                int number = draws.Below(((ulong)(firstRow + row) << 32) + (ulong)i, unseen - count + i + 1);
                numbers.Add(numbers.Contains(number) ? unseen - count + i : number);
            }

            Assert.Equal(numbers.Select(number => rest[number]), drawn.AsSpan(row * count, count).ToArray());
        }
    }

    // There are 45 sets of 2 out of 10 items, and 200 draws of each are expected. Chi-square with 44 degrees of freedom exceeds 78.7
    // with probability 0.001. The seed is fixed, so the test is deterministic.
    [Fact]
    public void Every_set_is_drawn_equally_often()
    {
        int[] seen = [0, 4, 5, 12];
        RandomSequence draws = RandomSequence.Named(42, "test");
        Dictionary<(int, int), int> counts = [];
        int[] drawn = new int[2];
        for (int i = 0; i < 9000; i++)
        {
            Assert.Equal(2, UnseenItems.Draw(seen, 14, draws, i, rows: 1, drawn));
            (int, int) set = (drawn.Min(), drawn.Max());
            counts[set] = counts.GetValueOrDefault(set) + 1;
        }

        Assert.Equal(45, counts.Count);
        Assert.InRange(counts.Values.Sum(count => (count - 200.0) * (count - 200.0) / 200), 0, 78.7);
    }

    [Fact]
    public void Nothing_is_drawn_for_a_user_who_has_seen_all_items()
    {
        int[] drawn = [-1, -1];
        Assert.Equal(0, UnseenItems.Draw([0, 1, 2], 3, RandomSequence.Named(1, "test"), 0, rows: 1, drawn));
        Assert.Equal([-1, -1], drawn);
    }
}
