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
    public void The_preset_paper_has_the_settings_of_the_paper()
    {
        TrainingSettings paper = Preset.Find("paper");
        Assert.Equal((25, 1e-7), (paper.Gradient.Epochs, paper.Gradient.L2));
        Assert.Equal((1024, 4), (paper.Samples.BatchSize, paper.Samples.Negatives));
        Assert.Equal((8, 1.0), (paper.Model.Dimension, paper.Model.StandardDeviation));
        Assert.Equal([16, 64, 32, 16, 8], paper.Model.Layers);
        Assert.True(paper.Samples.RedrawNegatives && paper.Model.TransferBiases);
        Assert.Equal((KeptEpoch.Last, Sampling.Equal, null), (paper.Gradient.KeptEpoch, paper.Samples.Sampling, paper.LearningRate));
    }

    [Fact]
    public void Authors_code_differs_from_paper_only_in_the_documented_settings() =>
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
    public void Tuned_is_the_default_and_the_only_preset_that_keeps_users_with_fewer_than_seven_rows()
    {
        Assert.Equal("tuned", Preset.Default);
        Protocol tuned = Preset.ProtocolOf("tuned");
        Assert.Equal(new SplitRules { MinimumRows = 1, EvaluateFrom = 7, HoldOut = HoldOut.LastPositives }, tuned.Split);
        Assert.Equal(tuned with { Split = tuned.Split with { MinimumRows = 7 } }, Preset.ProtocolOf("paper"));
    }

    [Fact]
    public void A_preset_implies_the_protocol_of_its_name_and_has_its_negatives()
    {
        foreach (string name in Preset.Names.Intersect(Protocol.Names))
            Assert.Equal(Protocol.Find(name), Preset.ProtocolOf(name));
        foreach (string name in Preset.Names)
        {
            (SampleSettings samples, Protocol protocol) = (Preset.Find(name).Samples, Preset.ProtocolOf(name));
            Assert.Equal(
                (protocol.RedrawNegatives, protocol.NegativesExclude), (samples.RedrawNegatives, samples.NegativesExclude));
        }
    }

    [Fact]
    public void The_error_for_an_unknown_preset_lists_all_presets() => Assert.Contains(
        "no preset is called 'best'; there are paper, authors-code, tuned",
        Assert.Throws<ArgumentException>(() => Preset.Find("best")).Message, StringComparison.Ordinal);
}
