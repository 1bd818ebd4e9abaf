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
        TrainingSettings paper = Preset.Find("paper");
        Assert.Equal((25, 1024, 4, 8, 1e-7, 1.0), (paper.Gradient.Epochs, paper.Samples.BatchSize, paper.Samples.Negatives, paper.Model.Dimension, paper.Gradient.L2, paper.Model.StandardDeviation));
        Assert.Equal([16, 64, 32, 16, 8], paper.Model.Layers);
        Assert.True(paper.Samples.RedrawNegatives && paper.Model.TransferBiases);
        Assert.Equal((KeptEpoch.Last, Sampling.Equal, null), (paper.Gradient.KeptEpoch, paper.Samples.Sampling, paper.LearningRate));
    }

    [Fact]
    public void Authors_code_differs_from_paper_in_negatives_biases_the_output_layer_the_shots_and_ddtcdrs_two_quirks() =>
        Assert.Equal(
            Preset.Find("paper") with
            {
                Samples = new() { RedrawNegatives = false, NegativesExclude = NegativesExclude.All },
                Model = new() { TransferBiases = false, Ddtcdr = new() { CrossGradient = false, DropoutInScoring = true } },
                Fork = new() { KeepOutput = true },
                MetaLearning = new() { AdaptOn = AdaptOn.Valid },
            },
            Preset.Find("authors-code"));

    [Fact]
    public void Tuned_keeps_the_best_epoch()
    {
        Assert.Equal(KeptEpoch.Best, Preset.Find("tuned").Gradient.KeptEpoch);
        Assert.Equal(0.01, Preset.Find("tuned").Model.StandardDeviation);
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
