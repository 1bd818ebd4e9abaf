// The differences between the records of two experiments.

using ForecEngine.Recommenders.Experiments;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class RecordDifferenceTests
{
    [Fact]
    public void Equal_records_have_no_difference_and_others_name_both_values_of_each()
    {
        Experiment one = new() { Method = "gmf", Preset = "paper", Target = "jp" };
        Assert.Empty(RecordDifference.Between(one.ToJson(), one.ToJson()));
        Assert.Equal(["target: \"jp\" there, \"uk\" here"], RecordDifference.Between(one.ToJson(), (one with { Target = "uk" }).ToJson()));
        Experiment other =
            one with { Settings = new() { Gradient = new() { L2 = 0 } }, Digests = new Dictionary<string, string> { ["jp"] = "abc" } };
        Assert.Equal(
            ["digests.jp: none there, \"abc\" here", "l2: 1E-07 there, 0 here"],
            RecordDifference.Between(one.ToJson(), other.ToJson()));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void A_record_that_cannot_be_read_is_different(string there) =>
        Assert.Equal(["its record cannot be read"],
            RecordDifference.Between(there, new Experiment { Method = "gmf", Preset = "paper", Target = "jp" }.ToJson()));

    [Theory]
    [InlineData(null)]
    [InlineData("[]")]
    public void A_missing_record_is_different(string? there) =>
        Assert.NotEmpty(RecordDifference.Between(there, new Experiment { Method = "gmf", Preset = "paper", Target = "jp" }.ToJson()));
}
