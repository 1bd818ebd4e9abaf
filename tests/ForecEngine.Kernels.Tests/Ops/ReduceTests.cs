// The canonical sum: near the sum in double, and in the order that Reduce documents, to the bit.

using ForecEngine.Kernels.Ops;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class ReduceTests
{
    [Property]
    public void It_is_the_sum(Length length, Seed seed)
    {
        Real[] x = new Draws(seed).Ordinary(length.Value);
        double exact = x.Sum(value => (double)value), size = x.Sum(value => Math.Abs((double)value));

        // An element takes part in at most 512 additions of its partial sum, 3 of the join and one per chunk.
        double roundings = Math.Min(512, (length.Value / 8) + 1) + 3 + (length.Value / 4096);
        Assert.Equal(exact, Sum(x), roundings * Math.Pow(2, -24) * size);
    }

    [Property]
    public void It_takes_the_documented_order(Length length, Seed seed)
    {
        Real[] x = new Draws(seed).Ordinary(length.Value);
        Real total = 0;
        foreach (Real[] chunk in x.Chunk(4096))
        {
            Real[] s = new Real[8];
            for (int i = 0; i < chunk.Length; i++)
                s[i % 8] += chunk[i];
            total += s[0] + s[4] + (s[2] + s[6]) + (s[1] + s[5] + (s[3] + s[7]));
        }

        Assert.Equal(total, Sum(x));
    }

    [Fact]
    public void Partial_sums_keep_what_a_sum_from_left_to_right_loses()
    {
        // From left to right each 1 is lost beside 2^24, whose neighbours are 2 apart, and 0 is left. Here the first and
        // the ninth element meet in one partial sum, the 1s in others.
        Real[] x = [16777216, 1, 1, 1, 1, 1, 1, 1, -16777216];
        Real fromTheLeft = 0;
        foreach (Real value in x)
            fromTheLeft += value;
        Assert.Equal(0, fromTheLeft);
        Assert.Equal(7, Sum(x));
    }

    [Fact]
    public void Nothing_sums_to_zero() => Assert.Equal(0, Sum([]));

    private static unsafe Real Sum(Real[] x)
    {
        Real* partial = stackalloc Real[8];
        fixed (Real* px = x)
        {
            HostMemory<ScalarLane> memory = new(px), scratch = new(partial);
            return Reduce.Sum<ScalarLane, HostMemory<ScalarLane>, HostMemory<ScalarLane>>(memory, scratch, memory, scratch, x.Length);
        }
    }
}
