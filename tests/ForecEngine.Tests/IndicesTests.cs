// The ids of a minibatch: replaced whole, grouped anew after each replacement.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests;

public sealed class IndicesTests
{
    [Property]
    public Property Groups_are_the_positions_of_each_row_in_ascending_order() =>
        Prop.ForAll(Batches, batches =>
        {
            using IDevice device = new ScalarDevice();
            Indices indices = new(device, 3);
            foreach (int[] ids in batches)
            {
                indices.Set(ids);

                (int Row, int[] Positions)[] expected =
                    [.. ids.Index().GroupBy(p => p.Item, p => p.Index).OrderBy(g => g.Key).Select(g => (g.Key, g.ToArray()))];
                RowGroups groups = indices.Groups;
                Assert.Equal(ids, indices.Values.Span.ToArray());
                Assert.Equal(expected.Select(e => e.Row), groups.Rows.Span.ToArray());
                Assert.Equal(expected.SelectMany(e => e.Positions), groups.Positions.Span.ToArray());
                Assert.Equal(expected.Select(e => e.Positions.Length), Lengths(groups.Starts.Span));
            }
        });

    [Fact]
    public void More_ids_than_there_was_room_for_are_taken()
    {
        using IDevice device = new ScalarDevice();
        Indices indices = new(device, 1);
        indices.Set([4, 4, 2]);
        Assert.Equal(3, indices.Count);
        Assert.Equal([4, 4, 2], indices.Values.Span.ToArray());
    }

    [Fact]
    public void Fewer_ids_leave_none_of_the_ones_before()
    {
        using IDevice device = new ScalarDevice();
        Indices indices = new(device, 4);
        indices.Set([9, 8, 7, 6]);
        indices.Set([5]);
        Assert.Equal([5], indices.Values.Span.ToArray());
        Assert.Equal([5], indices.Groups.Rows.Span.ToArray());
        indices.Set([]);
        Assert.Equal(0, indices.Count);
        Assert.Equal(0, indices.Groups.Count);
    }

    [Fact]
    public void A_negative_id_is_refused_when_it_is_grouped()
    {
        using IDevice device = new ScalarDevice();
        Indices indices = new(device, 2);
        indices.Set([1, -1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => indices.Groups);
    }

    // Small ids repeat; large ones need every digit of the sort.
    private static Arbitrary<int[][]> Batches =>
        Gen.Choose(0, 40).SelectMany(count => Gen.OneOf(Generators.Ids(count, 7), Generators.Ids(count, int.MaxValue))).ArrayOf(3).ToArbitrary();

    private static int[] Lengths(ReadOnlySpan<int> starts)
    {
        int[] lengths = new int[starts.Length - 1];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = starts[i + 1] - starts[i];
        return lengths;
    }
}
