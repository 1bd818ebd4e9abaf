// Bootstrap intervals: the same bits on any number of threads, [0, 0] for equal systems, and as wide as they should be.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Evaluation;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class BootstrapTests
{
    private const int Users = 400, Resamples = 2000;

    [Fact]
    public void Resampled_means_are_the_same_on_any_number_of_threads_and_others_with_another_seed()
    {
        SystemValues[] systems = [Random([1, 2, 3], 0), Random([4], 0.1)];
        double[][] one = Bootstrap.Means(systems, Resamples, seed: 7, threads: 1);
        Assert.Equal(one, Bootstrap.Means(systems, Resamples, seed: 7, threads: 3));
        Assert.NotEqual(one, Bootstrap.Means(systems, Resamples, seed: 8, threads: 3));
    }

    [Fact]
    public void The_interval_of_the_difference_of_equal_systems_is_empty()
    {
        double[][] means = Bootstrap.Means([Random([1, 2, 3], 0), Random([1, 2, 3], 0)], Resamples, seed: 1, threads: 2);
        Assert.Equal(new Interval(0, 0), Interval.Of(means[1].Zip(means[0], (second, first) => second - first)));
    }

    // The mean of n independent uniform numbers in (0, 1) has the standard deviation sqrt(1 / (12 n)).
    [Fact]
    public void The_interval_of_a_mean_of_independent_values_is_about_2_standard_errors_to_each_side()
    {
        SystemValues system = Random([1], 0);
        Interval interval = Interval.Of(Bootstrap.Means([system], Resamples, seed: 1, threads: 2)[0]);
        double error = Math.Sqrt(1.0 / (12 * Users)), mean = system.BySeed[0].Average();
        Assert.InRange(mean - interval.From, 1.6 * error, 2.4 * error);
        Assert.InRange(interval.To - mean, 1.6 * error, 2.4 * error);
    }

    [Fact]
    public void Seeds_that_differ_widen_the_interval()
    {
        double[] low = new double[Users], high = [.. Enumerable.Repeat(1.0, Users)];
        Assert.Equal(new Interval(0, 1), Interval.Of(Bootstrap.Means([new([1, 2], [low, high])], Resamples, seed: 1, threads: 2)[0]));
        Assert.Equal(new Interval(1, 1), Interval.Of(Bootstrap.Means([new([1, 2], [high, high])], Resamples, seed: 1, threads: 2)[0]));
    }

    [Fact]
    public void An_interval_leaves_out_as_many_values_on_each_side() =>
        Assert.Equal(new Interval(25, 975), Interval.Of(Enumerable.Range(0, 1001).Select(i => (double)i)));

    private static SystemValues Random(ulong[] seeds, double more) => new(seeds,
        [.. seeds.Select(seed => Enumerable.Range(0, Users).Select(user => more + RandomSequence.Named(seed, "values").Uniform((ulong)user))
            .ToArray())]);
}
