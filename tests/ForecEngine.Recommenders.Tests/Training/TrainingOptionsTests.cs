// Options are equal where they hold the same numbers, and only there: same record, same result.

using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void Options_with_the_same_widths_in_another_list_are_equal()
    {
        TrainingOptions a = new() { Layers = [16, 8] }, b = new() { Layers = new List<int> { 16, 8 } };
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
    }

    // Every property, so that one that is added and forgotten in Equals is found.
    [Fact]
    public void A_change_of_any_number_makes_other_options()
    {
        TrainingOptions options = new();
        Dictionary<string, TrainingOptions> changed = new()
        {
            [nameof(options.Epochs)] = options with { Epochs = 1 },
            [nameof(options.BatchSize)] = options with { BatchSize = 1 },
            [nameof(options.Negatives)] = options with { Negatives = 1 },
            [nameof(options.RedrawNegatives)] = options with { RedrawNegatives = false },
            [nameof(options.NegativesExclude)] = options with { NegativesExclude = NegativesExclude.All },
            [nameof(options.Sampling)] = options with { Sampling = Sampling.Sel },
            [nameof(options.LearningRate)] = options with { LearningRate = 1 },
            [nameof(options.L2)] = options with { L2 = 1 },
            [nameof(options.Adam)] = options with { Adam = AdamMode.Lazy },
            [nameof(options.Dimension)] = options with { Dimension = 1 },
            [nameof(options.Layers)] = options with { Layers = [16, 8] },
            [nameof(options.EmbeddingDeviation)] = options with { EmbeddingDeviation = 2 },
            [nameof(options.TransferBiases)] = options with { TransferBiases = false },
            [nameof(options.Keep)] = options with { Keep = Keep.Best },
            [nameof(options.Shots)] = options with { Shots = 1 },
            [nameof(options.InnerRate)] = options with { InnerRate = 1 },
            [nameof(options.AdaptOn)] = options with { AdaptOn = AdaptOn.Train },
            [nameof(options.Head)] = options with { Head = [] },
            [nameof(options.Unfreeze)] = options with { Unfreeze = 1 },
            [nameof(options.KeepOutput)] = options with { KeepOutput = true },
            [nameof(options.FineTuneEpochs)] = options with { FineTuneEpochs = 1 },
            [nameof(options.FineTuneBatchSize)] = options with { FineTuneBatchSize = 1 },
            [nameof(options.FineTuneL2)] = options with { FineTuneL2 = 1 },
            [nameof(options.FineTuneLoss)] = options with { FineTuneLoss = RatingLoss.Mse },
            [nameof(options.Ddtcdr)] = options with { Ddtcdr = new DdtcdrOptions { Alpha = 1 } },
        };
        Assert.Equal(typeof(TrainingOptions).GetProperties().Select(p => p.Name).Order(), changed.Keys.Order());
        Assert.All(changed, change => Assert.NotEqual(options, change.Value));
    }
}
