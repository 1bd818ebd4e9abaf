// The speed of training and the completed fraction of a phase.

using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class TrainingProgressTests
{
    [Fact]
    public void Progress_within_an_epoch_counts_for_the_phase()
    {
        TrainingProgress progress = new("gmf", Epoch: 3, Epochs: 10, EpochFraction: 0.5, Samples: 1000, Seconds: 5, Loss: 0.4);
        Assert.Equal(0.25, progress.PhaseFraction, 1e-9);
        Assert.Equal(200, progress.SamplesPerSecond);
        Assert.Equal(1, (progress with { Epoch = 10, EpochFraction = 1 }).PhaseFraction);
    }

    [Fact]
    public void Rates_are_zero_before_any_time_has_passed()
    {
        TrainingProgress progress = new("gmf", Epoch: 1, Epochs: 10, EpochFraction: 0, Samples: 0, Seconds: 0, Loss: 0);
        Assert.Equal((0, 0), (progress.PhaseFraction, progress.SamplesPerSecond));
    }
}
