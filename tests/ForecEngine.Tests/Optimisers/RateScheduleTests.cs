// Schedules of the learning rate.

using ForecEngine.Optimisers;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Optimisers;

public sealed class RateScheduleTests
{
    [Property]
    public void A_schedule_begins_with_the_whole_rate_never_rises_and_ends_with_the_final_rate(byte shape, byte start, byte final)
    {
        RateSchedule schedule = new((RateShape)(shape % 3), start / 256.0, final / 255.0);
        double[] factors = [.. Enumerable.Range(0, 101).Select(step => schedule.FactorAt(step / 100.0))];
        Assert.Equal(1, factors[0]);
        Assert.All(factors.Zip(factors.Skip(1)), pair => Assert.True(pair.Second <= pair.First));
        Assert.Equal(schedule.Shape == RateShape.Constant ? 1 : schedule.FinalRate, factors[^1], 1e-12);
        Assert.All(factors.Take((int)(100 * schedule.DecayStart)), factor => Assert.Equal(1, factor));
    }

    [Theory]
    [InlineData(RateShape.Constant, 1)]
    [InlineData(RateShape.Linear, 0.525)]
    [InlineData(RateShape.Cosine, 0.525)]
    public void Half_of_the_decay_is_in_the_middle(RateShape shape, double factor) =>
        Assert.Equal(factor, new RateSchedule(shape, DecayStart: 0.5, FinalRate: 0.05).FactorAt(0.75), 1e-12);

    [Fact]
    public void The_cosine_is_that_of_the_library_in_all_but_the_last_bits()
    {
        RateSchedule schedule = new(RateShape.Cosine);
        for (int i = 0; i <= 1000; i++)
            Assert.Equal((1 + Math.Cos(Math.PI * i / 1000)) / 2, schedule.FactorAt(i / 1000.0), 1e-14);
    }
}
