// The distance that "did you mean" goes by.

using ForecEngine.Cli.CommandLine;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class NearestTests
{
    [Property]
    public bool The_distance_is_symmetric_and_0_only_between_equals(string? a, string? b)
    {
        int distance = Nearest.Distance(a ?? "", b ?? "");
        return distance == Nearest.Distance(b ?? "", a ?? "") && (distance == 0) == ((a ?? "") == (b ?? ""));
    }

    [Theory]
    [InlineData("tran", "train")]
    [InlineData("tarin", "train")]
    [InlineData("TRAIN", "train")]
    [InlineData("evalaute", "evaluate")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_or_none(string typed, string? name) =>
        Assert.Equal(name, Nearest.Of(typed, ["stats", "train", "evaluate", "x"]));
}
