// The named settings are those of the papers.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class PresetTests
{
    [Fact]
    public void Paper_is_what_the_paper_says()
    {
        TrainingOptions paper = Preset.Find("paper");
        Assert.Equal((25, 1024, 4, 8, 1e-7, 1.0), (paper.Epochs, paper.BatchSize, paper.Negatives, paper.Dimension, paper.L2, paper.EmbeddingDeviation));
        Assert.Equal([16, 64, 32, 16, 8], paper.Layers);
        Assert.True(paper.RedrawNegatives && paper.TransferBiases);
        Assert.Equal((Keep.Last, Sampling.Equal, null), (paper.Keep, paper.Sampling, paper.LearningRate));
    }

    [Fact]
    public void Authors_code_differs_from_paper_in_negatives_biases_the_output_layer_the_shots_and_ddtcdrs_two_quirks() =>
        Assert.Equal(
            Preset.Find("paper") with
            {
                RedrawNegatives = false,
                NegativesExclude = NegativesExclude.All,
                TransferBiases = false,
                KeepOutput = true,
                AdaptOn = AdaptOn.Valid,
                Ddtcdr = new DdtcdrOptions { CrossGradient = false, DropoutInScoring = true },
            },
            Preset.Find("authors-code"));

    [Fact]
    public void Tuned_keeps_the_best_epoch()
    {
        Assert.Equal(Keep.Best, Preset.Find("tuned").Keep);
        Assert.Equal(0.01, Preset.Find("tuned").EmbeddingDeviation);
    }

    [Fact]
    public void Tuned_is_the_default_and_keeps_every_user_where_the_others_leave_out_those_with_fewer_than_seven_rows()
    {
        Assert.Equal("tuned", Preset.Default);
        Assert.Equal(new SplitRules { MinimumRows = 1, EvaluateFrom = 7, HoldOut = HoldOut.LastPositives }, Preset.Split("tuned"));
        Assert.Equal(Preset.Split("tuned") with { MinimumRows = 7 }, Preset.Split("paper"));
        Assert.Equal(Preset.Split("paper") with { HoldOut = HoldOut.LastRows }, Preset.Split("authors-code"));
    }

    [Fact]
    public void An_unknown_preset_is_named_beside_those_there_are() => Assert.Contains(
        "no preset is called 'best'; there are paper, authors-code, tuned", Assert.Throws<ArgumentException>(() => Preset.Find("best")).Message, StringComparison.Ordinal);
}
