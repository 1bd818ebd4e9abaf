// Segments are checked when they are created.

using Xunit;

namespace ForecEngine.Kernels.Tests;

public sealed class SegmentsTests
{
    [Fact]
    public void Segments_know_their_number_and_that_of_their_rows()
    {
        HostStorage<int> storage = new(5);
        Segments segments = Segments.Write(storage.Slice(), [0, 2, 2, 7]);
        Assert.Equal((3, 7), (segments.Count, segments.Elements));
        Assert.Equal([0, 2, 2, 7], segments.Starts.Span.ToArray());
        Segments none = Segments.Write(storage.Slice(), [0]);
        Assert.Equal((0, 0), (none.Count, none.Elements));
        Assert.Equal((0, 0), (default(Segments).Count, default(Segments).Elements));
    }

    [Theory]
    [InlineData("segments start at row 0")]
    [InlineData("segments start at row 0", 1, 2)]
    [InlineData("segments start at row 0", -1, 2)]
    [InlineData("segment 1 starts at 4 and ends at 3", 0, 4, 3)]
    [InlineData("segment 0 starts at 0 and ends at -1", 0, -1)]
    public void Starts_that_are_not_ascending_from_0_are_refused_and_nothing_is_written(string message, params int[] starts)
    {
        HostStorage<int> storage = new(3);
        storage.Write(0, [7, 8, 9]);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Segments.Write(storage.Slice(), starts));
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal([7, 8, 9], storage.Span.ToArray());
    }
}
