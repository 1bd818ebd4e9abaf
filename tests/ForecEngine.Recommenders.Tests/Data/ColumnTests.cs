// A column gives back what was added, whatever the number of blocks.

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
    public void What_was_added_comes_back_once(int count)
    {
        Column<long> column = new();
        for (long i = 0; i < count; i++)
            column.Add(i * i);
        Assert.Equal(count, column.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i * i), column.Take());
        Assert.Empty(column.Take());
        column.Add(7);
        Assert.Equal([7], column.Take());
    }
}
