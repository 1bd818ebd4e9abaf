// Draws without replacement from what a user has no row for.

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
    public void Draws_are_different_unseen_items_and_all_of_them_where_few_are_left(Seed seed, byte items, byte[] marked, byte wanted)
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

    // Few seen items and many, sets of a few and of more than are drawn at once: each path, and where one gives way to another.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 500)]
    public void Rows_drawn_together_have_what_the_definition_gives_each(Seed seed, byte marked, byte unseen, byte wanted, byte rows, ushort firstRow)
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
            List<int> numbers = []; // Floyd's method, word for word
            for (int i = 0; i < count; i++)
            {
                int number = draws.Below(((ulong)(firstRow + row) << 32) + (ulong)i, unseen - count + i + 1);
                numbers.Add(numbers.Contains(number) ? unseen - count + i : number);
            }

            Assert.Equal(numbers.Select(number => rest[number]), drawn.AsSpan(row * count, count).ToArray());
        }
    }

    // 45 sets of 2 out of 10 items, 200 draws of each to be expected: chi-square with 44 degrees of freedom exceeds 78.7
    // once in a thousand times. The seed is fixed, so this either holds or does not.
    [Fact]
    public void Every_set_is_drawn_as_often_as_another()
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
    public void A_user_who_has_seen_everything_has_nothing_to_draw()
    {
        int[] drawn = [-1, -1];
        Assert.Equal(0, UnseenItems.Draw([0, 1, 2], 3, RandomSequence.Named(1, "test"), 0, rows: 1, drawn));
        Assert.Equal([-1, -1], drawn);
    }
}
