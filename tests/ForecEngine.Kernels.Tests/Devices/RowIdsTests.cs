// Row numbers are checked when they are created.

using Xunit;

namespace ForecEngine.Kernels.Tests;

public sealed class RowIdsTests
{
    [Fact]
    public void The_bound_is_one_more_than_the_largest_row()
    {
        HostStorage<int> storage = new(4);
        RowIds rows = RowIds.Write(storage.Slice(), [3, 0, 7]);
        Assert.Equal([3, 0, 7], rows.Values.Span.ToArray());
        Assert.Equal(8, rows.Bound);
        Assert.Equal(0, RowIds.Write(storage.Slice(), []).Bound);
    }

    [Fact]
    public void A_negative_row_is_refused_and_nothing_is_written()
    {
        HostStorage<int> storage = new(2);
        storage.Write(0, [4, 5]);
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => RowIds.Write(storage.Slice(), [1, -2])).Message;
        Assert.Contains("-2", message, StringComparison.Ordinal);
        Assert.Equal([4, 5], storage.Span.ToArray());
    }

    [Fact]
    public void Distinct_rows_are_checked()
    {
        HostStorage<int> storage = new(3);
        storage.Write(0, [4, 5, 6]);
        Assert.Throws<ArgumentException>(() => RowIds.WriteDistinct(storage.Slice(), [1, 2, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowIds.WriteDistinct(storage.Slice(), [1, 2, -1]));
        Assert.Equal([4, 5, 6], storage.Span.ToArray());
        RowIds rows = RowIds.WriteDistinct(storage.Slice(), [7, 0, 3]);
        Assert.True(rows.AreDistinct);
        Assert.Equal([7, 0, 3], rows.Values.Span.ToArray());
        Assert.False(RowIds.Write(storage.Slice(), [1, 2]).AreDistinct);
    }
}
