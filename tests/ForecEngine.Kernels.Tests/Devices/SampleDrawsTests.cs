// The specification of the draws of samples: an example by hand, and the properties that every row's negatives have.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class SampleDrawsTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property]
    public void Negatives_are_distinct_items_of_the_pool_that_are_not_excluded(Seed seed, byte poolSize, byte wanted)
    {
        Draws draws = new(seed);
        int pool = 1 + (poolSize % 50);
        int[] excluded = draws.Subset(pool);
        int count = Math.Min(wanted % 12, pool - excluded.Length);
        Sample[] samples = Draw(
            RandomSequence.Named(seed.Value, "test/draws"), [new Sample(5, 7, true), new Sample(6, 8, false), new Sample(5, 9, true)],
            [0, 1 + count, 2 + count, 3 + (2 * count)], [1, 0, 1], [0, 0, excluded.Length], excluded,
            [.. Enumerable.Range(0, pool).Select(item => 1000 - item)]);
        Assert.Equal(new Sample(5, 7, true), samples[0]);
        Assert.Equal(new Sample(6, 8, false), samples[1 + count]);
        Assert.Equal(new Sample(5, 9, true), samples[2 + count]);
        foreach (Sample[] negatives in (Sample[][])[samples[1..(1 + count)], samples[(3 + count)..]])
        {
            Assert.All(negatives, negative => Assert.Equal((5, false), (negative.User, negative.IsPositive)));
            int[] items = [.. negatives.Select(negative => 1000 - negative.Item)];
            Assert.Equal(count, items.Distinct().Count());
            Assert.Empty(items.Intersect(excluded));
            Assert.All(items, item => Assert.InRange(item, 0, pool - 1));
        }
    }

    [Fact]
    public void As_many_negatives_as_items_are_left_are_all_of_them()
    {
        Sample[] samples = Draw(
            RandomSequence.Named(1, "test/draws"), [new Sample(0, 10, true)], [0, 4], [0], [0, 2], [0, 3], [10, 11, 12, 13, 14]);
        Assert.Equal([11, 12, 14], samples[1..].Select(sample => sample.Item).Order());
    }

    [Fact]
    public void Epochs_and_rows_have_different_draws()
    {
        RandomSequence draws = RandomSequence.Named(1, "test/draws");
        int[] pool = [.. Enumerable.Range(0, 1000)];
        Sample[] rows = [new(0, 0, true), new(0, 0, true)];
        Sample[] first = Draw(draws, rows, [0, 6, 12], [0, 0], [0, 0], [], pool);
        Sample[] second = Draw(draws.At(1), rows, [0, 6, 12], [0, 0], [0, 0], [], pool);
        Assert.NotEqual(first[..6], first[6..]);
        Assert.NotEqual(first[..6], second[..6]);
    }

    private Sample[] Draw(
        RandomSequence draws, Sample[] rows, int[] starts, int[] users, int[] excludedStarts, int[] excluded, int[] pool)
    {
        Slice<Sample> samples = _device.Allocate<Sample>(starts[^1]).Slice();
        _device.DrawSamples(
            new SampleDraws(draws, Put(rows), Put(starts), starts[^1], Put(users), Put(excludedStarts), Put(excluded), Put(pool)), samples);
        return samples.Span.ToArray();
    }

    private Slice<T> Put<T>(T[] values)
        where T : unmanaged
    {
        Slice<T> slice = _device.Allocate<T>(values.Length).Slice();
        slice.Write(values);
        return slice;
    }
}
