// Which weights a block goes without: those below the root of the least normal number, of inputs that are 0 in every sample.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Fused;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed unsafe class FaintWeightsTests
{
    [Property]
    public void They_are_found_wherever_they_are(Seed seed)
    {
        Draws draws = new(seed);
        Real[] weights = [.. draws.Ordinary(1 + draws.Below(100)).Select(x => x + Real.CopySign(FaintWeights.Faint, x))];
        Assert.False(FaintWeights.AreIn(weights));
        weights[draws.Below(weights.Length)] = Faint(draws);
        Assert.True(FaintWeights.AreIn(weights));
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_not_faint() => Assert.False(FaintWeights.AreIn([Real.NaN, Real.PositiveInfinity, Real.NegativeInfinity]));

    [Property]
    public void Idle_are_rectified_inputs_that_are_0_in_every_sample(Seed seed)
    {
        Draws draws = new(seed);
        int samples = 1 + draws.Below(70), inputs = 1 + draws.Below(70), rectified = draws.Below(inputs + 1), stride = inputs + draws.Below(3);
        Real[] x = [.. draws.Any(samples * stride).Select(value => Real.IsNaN(value) ? value : Math.Max(value, 0))];
        foreach (int input in draws.Subset(inputs))
        {
            for (int sample = 0; sample < samples; sample++)
                x[(sample * stride) + input] = draws.Below(2) == 0 ? 0 : Real.NegativeZero;
        }

        foreach (int bits in Bits())
        {
            Real[] sums = new Real[inputs];
            bool any;
            fixed (Real* px = x, psums = sums)
                any = FaintWeights.SumInputs(px, stride, samples, psums, inputs, rectified, bits);
            Assert.Equal(any, sums.Contains(0));
            for (int input = 0; input < inputs; input++)
                Assert.Equal(input < rectified && Enumerable.Range(0, samples).All(sample => x[(sample * stride) + input] == 0), sums[input] == 0);
        }
    }

    [Property]
    public void Only_faint_ones_of_idle_inputs_are_left_out_and_leave_their_sign(Seed seed)
    {
        Draws draws = new(seed);
        int inputs = 1 + draws.Below(70), outputs = 1 + draws.Below(40);
        Real[] weights = [.. draws.Any(inputs * outputs).Select(weight => draws.Below(3) == 0 ? Faint(draws) : weight)];
        Real[] sums = [.. draws.Any(inputs).Select(sum => draws.Below(3) == 0 ? 0 : Math.Abs(sum))];
        foreach (bool packed in (ReadOnlySpan<bool>)[false, true])
        {
            (int rows, int columns) = packed ? (inputs, outputs) : (outputs, inputs);
            foreach (int bits in Bits())
            {
                Real[] kept = new Real[weights.Length];
                fixed (Real* pweights = weights, psums = sums, pkept = kept)
                    RowSweep.Over(new LeaveOutFaint(pweights, psums, packed, columns, pkept), 0, rows, columns, bits);
                for (int i = 0; i < weights.Length; i++)
                {
                    bool isLeftOut = sums[packed ? i / columns : i % columns] == 0 && Math.Abs(weights[i]) < FaintWeights.Faint;
                    Assert.Equal(isLeftOut ? Real.CopySign(0, weights[i]) : weights[i], kept[i]);
                    Assert.Equal(Real.IsNegative(weights[i]), Real.IsNegative(kept[i]));
                }
            }
        }
    }

    private static IEnumerable<int> Bits() => ((int[])[128, 256, 512]).Where(bits => bits <= SimdDevice.WidestVectorBits);

    // From the least subnormal number to just below the bound, of either sign.
    private static Real Faint(Draws draws)
    {
        Real magnitude = Math.Max(Real.Epsilon, FaintWeights.Faint * (Real)Math.Pow(2, -draws.Between(0.01, 90)));
        return draws.Below(2) == 0 ? magnitude : -magnitude;
    }
}
