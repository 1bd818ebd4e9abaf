// Nearest: the edit distance and the choice behind "did you mean".

using ForecEngine.Cli.CommandLine;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class NearestTests
{
    [Property]
    public bool The_distance_is_symmetric_and_0_only_for_equal_texts(string? a, string? b)
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
    public void The_nearest_name_is_suggested_if_one_is_near(string typed, string? name) =>
        Assert.Equal(name, Nearest.Of(typed, ["stats", "train", "evaluate", "x"]));
}
