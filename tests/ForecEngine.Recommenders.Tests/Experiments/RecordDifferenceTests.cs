// In what two experiments differ, in words.

using ForecEngine.Recommenders.Experiments;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class RecordDifferenceTests
{
    [Fact]
    public void Equal_records_have_none_and_others_name_each_value_of_both()
    {
        Experiment one = new() { Method = "gmf", Preset = "paper", Target = "jp" };
        Assert.Empty(RecordDifference.Between(one.ToJson(), one.ToJson()));
        Assert.Equal(["target: \"jp\" there, \"uk\" here"], RecordDifference.Between(one.ToJson(), (one with { Target = "uk" }).ToJson()));
        Experiment other = one with { Settings = new() { Gradient = new() { L2 = 0 } }, Digests = new Dictionary<string, string> { ["jp"] = "abc" } };
        Assert.Equal(
            ["digests.jp: none there, \"abc\" here", "l2: 1E-07 there, 0 here"],
            RecordDifference.Between(one.ToJson(), other.ToJson()));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void A_record_that_cannot_be_read_is_another(string there) =>
        Assert.Equal(["its record cannot be read"],
            RecordDifference.Between(there, new Experiment { Method = "gmf", Preset = "paper", Target = "jp" }.ToJson()));

    [Theory]
    [InlineData(null)]
    [InlineData("[]")]
    public void So_is_none_at_all(string? there) =>
        Assert.NotEmpty(RecordDifference.Between(there, new Experiment { Method = "gmf", Preset = "paper", Target = "jp" }.ToJson()));
}
