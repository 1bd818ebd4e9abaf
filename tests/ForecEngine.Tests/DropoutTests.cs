// Dropout drops the requested share of units; masks depend on seed, layer, step and sample alone.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Tests;

public sealed class DropoutTests : IDisposable
{
    private static readonly ulong[] s_samples = [.. Enumerable.Range(0, 4000).Select(i => (ulong)i)];

    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    // 4000 x 33 draws: the standard error of a share of 0.1 is 0.0008.
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void The_requested_share_of_units_is_dropped_and_the_others_are_scaled_up(double rate)
    {
        Real[] mask = Mask(_device, "layer", rate, 1, 1, s_samples);
        Assert.Equal(rate, mask.Count(m => m == 0) / (double)mask.Length, 0.005);
        Assert.All(mask.Where(m => m != 0), m => Assert.Equal(1 / (1 - rate), m, 1e-6));
        for (int unit = 0; unit < 33; unit++)
            Assert.Equal(rate, s_samples.Count(sample => mask[((int)sample * 33) + unit] == 0) / (double)s_samples.Length, 0.04);
    }

    [Fact]
    public void Masks_differ_between_seeds_layers_and_steps()
    {
        Real[][] masks =
        [
            Mask(_device, "a", 0.5, 1, 1, s_samples), Mask(_device, "b", 0.5, 1, 1, s_samples),
            Mask(_device, "a", 0.5, 2, 1, s_samples), Mask(_device, "a", 0.5, 1, 2, s_samples),
        ];
        for (int i = 0; i < masks.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.Equal(0.5, masks[i].Zip(masks[j], (x, y) => x == y).Count(same => same) / (double)masks[i].Length, 0.01);
        }
    }

    [Fact]
    public void The_mask_of_a_sample_does_not_depend_on_its_position_the_other_samples_or_the_device()
    {
        Real[] all = Mask(_device, "layer", 0.3, 1, 5, s_samples);
        using IDevice simd = new SimdDevice(3);
        Assert.Equal(all, Mask(simd, "layer", 0.3, 1, 5, s_samples));
        Assert.Equal([.. all.AsSpan(7 * 33, 33), .. all.AsSpan(2 * 33, 33)], Mask(_device, "layer", 0.3, 1, 5, [7, 2]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void A_probability_outside_0_to_1_is_refused(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(_device, "layer", rate));

    private static Real[] Mask(IDevice device, string layer, double rate, ulong seed, int step, ulong[] samples)
    {
        Tape tape = new(device, recording: false);
        RowIds users = Rows(sample => sample / 100), items = Rows(sample => sample % 100);
        return new Dropout(device, layer, rate).Apply(
            tape, tape.Constant(samples.Length, 33, 1), seed, step, users, items).Value.Values.Span.ToArray();

        RowIds Rows(Func<int, int> row) =>
            RowIds.Write(device.Allocate<int>(samples.Length).Slice(), [.. samples.Select(sample => row((int)sample))]);
    }
}
