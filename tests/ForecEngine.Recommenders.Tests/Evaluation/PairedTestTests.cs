// The paired t-test agrees with scipy (tests/fixtures/student_t_scipy.py), and Holm's correction with an example by hand.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Evaluation;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class PairedTestTests
{
    [Fact]
    public void A_test_agrees_with_scipy()
    {
        double[] first = [0.1, 0.4, 0.0, 0.9, 0.3, 0.25], second = [0.2, 0.4, 0.1, 0.7, 0.8, 0.5];
        PairedTest test = PairedTest.Of(first, second), reverse = PairedTest.Of(second, first);
        Assert.Equal(0.125, test.Difference, 1e-15);
        Assert.Equal(1.2967707390960765, test.T, 1e-12);
        Assert.Equal(0.25132608806840884, test.P, 1e-12);
        Assert.Equal((-test.Difference, test.P), (reverse.Difference, reverse.P));
    }

    [Fact]
    public void Equal_systems_have_p_1_and_systems_that_differ_alike_for_all_users_have_p_0()
    {
        Assert.Equal(new PairedTest(0, 0, 1), PairedTest.Of([0.5, 0.25, 1], [0.5, 0.25, 1]));
        Assert.Equal(new PairedTest(0.5, double.PositiveInfinity, 0), PairedTest.Of([0.5, 0.25, 0], [1, 0.75, 0.5]));
        Assert.Equal(1, PairedTest.Of([0.5], [1]).P);
        Assert.Throws<ArgumentException>(() => PairedTest.Of([], []));
        Assert.Throws<ArgumentException>(() => PairedTest.Of([1, 2], [1]));
    }

    // .005 x 4 = .02; .01 x 3 = .03; .03 x 2 = .06; .04 x 1 is less than .06.
    [Fact]
    public void Holms_correction_is_that_of_an_example_by_hand()
    {
        double[] adjusted = PairedTest.Holm([0.01, 0.04, 0.03, 0.005]);
        Assert.All(((double[])[0.03, 0.06, 0.06, 0.02]).Zip(adjusted), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
        Assert.Equal([1, 1], PairedTest.Holm([1, 0.7]));
        Assert.Equal([0.3], PairedTest.Holm([0.3]));
        Assert.Empty(PairedTest.Holm([]));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void Holms_correction_keeps_the_order_and_lies_between_p_and_Bonferronis(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "p");
        double[] p = [.. Enumerable.Range(0, 1 + draws.Below(100, 8)).Select(i => draws.Uniform((ulong)i))], holm = PairedTest.Holm(p);
        for (int i = 0; i < p.Length; i++)
        {
            Assert.InRange(holm[i], p[i], Math.Min(1, p.Length * p[i]));
            Assert.All(Enumerable.Range(0, p.Length).Where(j => p[j] >= p[i]), j => Assert.True(holm[j] >= holm[i]));
        }
    }
}
