// Compares the grouping of a minibatch's positions by table row with LINQ's.

using ForecEngine.Kernels.Tests.Simd;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class RowGroupsTests
{
    [Property]
    public void Groups_agree_with_LINQ(RowCount batch, Seed seed)
    {
        Draws draws = new(seed);
        int[] bounds = [1, 3, 64, 65, 100, 2048, 5_000_000, int.MaxValue];
        int[] rows = draws.Rows(batch.Value, bounds[draws.Below(bounds.Length)]);
        RowGroups groups = new();
        groups.Build(rows);
        AssertGrouped(rows, groups);
    }

    [Property]
    public void Groups_are_right_on_both_sides_of_the_size_that_needs_one_more_bitmap(RowCount batch, PositiveInt level, Seed seed)
    {
        // The first bitmap has at most four words per position; each later one resolves six more bits of a row.
        Draws draws = new(seed);
        long more = 4L * 64 * Math.Max(1, batch.Value) << (6 * (level.Get % 4));
        int largest = (int)Math.Min(int.MaxValue, more - draws.Below(2));
        int[] rows = [.. draws.Rows(batch.Value, largest).Select(row => draws.Below(8) == 0 ? largest - draws.Below(70) : row), largest];
        RowGroups groups = new();
        foreach (int[] those in (int[][])[rows[..^1], rows[^batch.Value..]])
        {
            groups.Build(those);
            AssertGrouped(those, groups);
        }
    }

    [Property]
    public void A_batch_does_not_depend_on_earlier_batches(RowCount first, RowCount second, Seed seed)
    {
        Draws draws = new(seed);
        RowGroups groups = new();
        int[][] batches = [draws.Rows(first.Value, int.MaxValue), draws.Rows(second.Value, 50), draws.Rows(first.Value, 5_000)];
        foreach (int[] rows in batches)
        {
            groups.Build(rows);
            AssertGrouped(rows, groups);
        }
    }

    [Fact]
    public void A_small_batch_has_the_expected_groups()
    {
        RowGroups groups = new();
        groups.Build([7, 2, 7, int.MaxValue, 2, 7]);
        Assert.Equal(3, groups.Count);
        Assert.Equal([2, 7, int.MaxValue], groups.Rows.Span.ToArray());
        Assert.Equal([1, 0, 1, 2, 0, 1], groups.Groups.Span.ToArray());
    }

    [Fact]
    public void Before_any_batch_there_are_no_groups()
    {
        RowGroups groups = new();
        Assert.Equal(0, groups.Count);
        Assert.True(groups.Rows.IsEmpty);
        Assert.True(groups.Groups.IsEmpty);
    }

    [Fact]
    public void A_batch_no_larger_than_one_before_allocates_nothing()
    {
        int[] rows = new Draws(new Seed(1)).Rows(1024, 100_000);
        RowGroups groups = new();
        Assert.Equal(0, Allocation.BytesOf(() => groups.Build(rows)));
    }

    private static void AssertGrouped(int[] rows, RowGroups groups)
    {
        int[] expected = [.. rows.Distinct().Order()];
        Assert.Equal(expected.Length, groups.Count);
        Assert.Equal(expected, groups.Rows.Span.ToArray());
        Assert.Equal(rows.Select(row => Array.BinarySearch(expected, row)), groups.Groups.Span.ToArray());
    }
}
