// RandomSequence: draws are in range, uniform, repeatable alone, and different for different purposes.

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

public sealed class RandomSequenceTests
{
    [Property]
    public void Below_is_in_range(ulong seed, uint stream, ulong index, PositiveInt bound)
    {
        RandomSequence random = new(seed, stream);
        Assert.InRange(random.Below(index, bound.Get), 0, bound.Get - 1);
        Assert.InRange(random.Below(index, int.MaxValue), 0, int.MaxValue - 1);
        Assert.Equal(0, random.Below(index, 1));
    }

    [Property]
    public void A_scaled_number_is_the_high_half_of_the_128_bit_product(ulong bits, PositiveInt bound)
    {
        foreach (ulong number in (ulong[])[bits, bits * 0x9E3779B97F4A7C15, ulong.MaxValue, uint.MaxValue, 1ul << 32])
        {
            foreach (int below in (int[])[bound.Get, int.MaxValue, int.MaxValue - bound.Get, 1])
                Assert.Equal((int)Math.BigMul(number, (ulong)below, out _), RandomSequence.Scaled(number, below));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Below_a_bound_that_is_not_positive_is_refused(int bound) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSequence(1, 1).Below(0, bound));

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Below_is_uniform(int bound)
    {
        RandomSequence random = RandomSequence.Named(42, "test/below");
        int draws = 200 * bound;
        int[] counts = new int[bound];
        for (int i = 0; i < draws; i++)
            counts[random.Below((ulong)i, bound)]++;
        AssertEven(counts, draws);
    }

    [Fact]
    public void Neighbouring_draws_are_independent()
    {
        RandomSequence random = RandomSequence.Named(42, "test/pairs");
        const int draws = 20_000;
        int[] counts = new int[64];
        for (int i = 0; i < draws; i++)
            counts[(8 * random.Below((ulong)i, 8)) + random.Below((ulong)i + 1, 8)]++;
        AssertEven(counts, draws);
    }

    [Property]
    public void Uniform_draws_are_between_0_and_1_exclusive(ulong seed, uint stream, ulong index) =>
        Assert.InRange(new RandomSequence(seed, stream).Uniform(index), double.Epsilon, Math.BitDecrement(1.0));

    [Fact]
    public void Normal_draws_have_the_moments_of_a_standard_normal()
    {
        RandomSequence random = RandomSequence.Named(42, "test/normal");
        const int draws = 40_000;
        double[] values = [.. Enumerable.Range(0, draws).Select(i => random.Normal((ulong)i))];
        // The limits are four standard errors of each moment: 1, sqrt 2 and sqrt 96, over sqrt n.
        Assert.InRange(values.Average(), -0.02, 0.02);
        Assert.InRange(values.Average(x => x * x), 1 - 0.029, 1 + 0.029);
        Assert.InRange(values.Average(x => x * x * x * x), 3 - 0.2, 3 + 0.2);
    }

    [Property]
    public void Bits_of_many_indexes_are_those_of_single_ones(ulong seed, uint stream, uint epoch, ulong first, byte count, ulong[] indexes)
    {
        RandomSequence random = new(seed, stream, epoch);
        ulong[] consecutive = new ulong[count], any = [.. indexes];
        random.Bits(first, consecutive);
        random.Bits(any);
        Assert.Equal(Enumerable.Range(0, count).Select(i => random.Bits(first + (ulong)i)), consecutive);
        Assert.Equal(indexes.Select(random.Bits), any);
    }

    [Property]
    public void Numbers_of_consecutive_indexes_are_those_of_single_ones(ulong seed, uint stream, uint epoch, ulong first, byte count)
    {
        RandomSequence random = new(seed, stream, epoch);
        double[] uniform = new double[count], normal = new double[count];
        random.Uniform(first, uniform);
        random.Normal(first, normal);
        Assert.Equal(Enumerable.Range(0, count).Select(i => random.Uniform(first + (ulong)i)), uniform);
        Assert.Equal(Enumerable.Range(0, count).Select(i => random.Normal(first + (ulong)i)), normal);
    }

    [Property]
    public void Draws_differ_between_seeds_streams_epochs_and_indexes(ulong seed, uint stream, uint epoch, ulong index)
    {
        RandomSequence random = new(seed, stream, epoch);
        PhiloxBlock block = random.Block(index);
        Assert.NotEqual(block, random.Block(index + 1));
        Assert.NotEqual(block, random.Block(index + (1ul << 32)));
        Assert.NotEqual(block, (random with { Epoch = epoch + 1 }).Block(index));
        Assert.NotEqual(block, (random with { Stream = stream + 1 }).Block(index));
        Assert.NotEqual(block, (random with { Seed = seed + 1 }).Block(index));
        Assert.NotEqual(block, (random with { Seed = seed + (1ul << 32) }).Block(index));
    }

    [Fact]
    public void The_id_of_a_stream_is_the_FNV_1a_hash_of_its_name()
    {
        // Known answers of 32-bit FNV-1a.
        Assert.Equal(0x811c9dc5u, RandomSequence.Named(1, "").Stream);
        Assert.Equal(0xe40c292cu, RandomSequence.Named(1, "a").Stream);
        Assert.Equal(0xbf9cf968u, RandomSequence.Named(1, "foobar").Stream);
        Assert.Equal(RandomSequence.Named(1, "negatives/jp", 3), RandomSequence.Named(1, "negatives/jp").At(3));
        Assert.NotEqual(RandomSequence.Named(1, "negatives/jp").Bits(0), RandomSequence.Named(1, "negatives/uk").Bits(0));
    }

    // Chi-squared of n cells has mean n - 1 and variance 2 (n - 1); the limit is five standard deviations above the mean.
    private static void AssertEven(int[] counts, int draws)
    {
        double expected = (double)draws / counts.Length;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        double freedom = counts.Length - 1;
        Assert.InRange(chiSquare, Math.Max(0, freedom - (5 * Math.Sqrt(2 * freedom))), freedom + (5 * Math.Sqrt(2 * freedom)));
    }
}
