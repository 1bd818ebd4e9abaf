// Column returns the values that were added, for any number of blocks.

using ForecEngine.Recommenders.Data;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class ColumnTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16383)]
    [InlineData(16384)]
    [InlineData(16385)]
    [InlineData(50_000)]
    public void The_added_values_are_returned_once(int count)
    {
        Column<long> column = new();
        for (long i = 0; i < count; i++)
            column.Add(i * i);
        Assert.Equal(count, column.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i * i), column.MoveToArray());
        Assert.Empty(column.MoveToArray());
        column.Add(7);
        Assert.Equal([7], column.MoveToArray());
    }
}
