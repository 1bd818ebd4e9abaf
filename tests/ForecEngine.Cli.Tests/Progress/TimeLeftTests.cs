// TimeLeft divides the work left by the speed of this run, and ignores the speed of an earlier run.

using ForecEngine.Cli.Progress;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Cli.Tests.Progress;

public sealed class TimeLeftTests
{
    private static readonly TrainingSchedule s_schedule = new([new("a", 100), new("b", 300), new("ranking", 0)]);

    [Fact]
    public void Later_phases_are_estimated_at_the_speed_so_far()
    {
        TimeLeft left = new();
        left.Update(Report(0, epoch: 1, fraction: 0));
        left.Update(Report(0, epoch: 5, fraction: 1)); // half of a: 50 of 400
        Assert.Equal((0.125, 70), (left.Done, left.Of(TimeSpan.FromSeconds(10))!.Value.TotalSeconds));
        left.Update(Report(1, epoch: 1, fraction: 0.0));
        left.Update(Report(1, epoch: 5, fraction: 1)); // half of b
        Assert.Equal(0.625, left.Done, 1e-9);
    }

    [Fact]
    public void The_work_of_an_earlier_run_does_not_count_for_the_speed()
    {
        TimeLeft left = new();
        left.Update(Report(1, epoch: 10, fraction: 0.5)); // b resumes after its ninth epoch: 15 of its 300 in 3 s, 15 left
        Assert.Equal(3, left.Of(TimeSpan.FromSeconds(3))!.Value.TotalSeconds, 1e-9);
    }

    [Fact]
    public void Before_any_work_there_is_no_estimate()
    {
        Assert.Null(new TimeLeft().Of(TimeSpan.FromSeconds(1)));
        TimeLeft left = new();
        left.Update(Report(0, epoch: 1, fraction: 0));
        Assert.Null(left.Of(TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(0.2, "0 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.7, "1 min 0 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(3700, "1 h 1 min")]
    [InlineData(200_000, "55 h 33 min")]
    public void Times_are_written_in_the_two_largest_units(double seconds, string text) =>
        Assert.Equal(text, TimeLeft.Text(TimeSpan.FromSeconds(seconds)));

    private static TrainingProgress Report(int place, int epoch, double fraction) =>
        new("x", epoch, Epochs: 10, fraction, Samples: 0, Seconds: 0, Loss: 0) { Schedule = s_schedule, Place = place };
}
