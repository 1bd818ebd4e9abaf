// The canonical sum is near the sum in double, and has the bits of the order that Reduce documents.

using ForecEngine.Kernels.Ops;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class ReduceTests
{
    [Property]
    public void The_sum_agrees_with_the_sum_in_double(Length length, Seed seed)
    {
        Real[] x = new Draws(seed).Ordinary(length.Value);
        double exact = x.Sum(value => (double)value), size = x.Sum(value => Math.Abs((double)value));

        // An element takes part in at most 512 additions of its partial sum, 3 that join the partial sums, and one per chunk.
        double roundings = Math.Min(512, (length.Value / 8) + 1) + 3 + (length.Value / 4096);
        Assert.Equal(exact, Sum(x), roundings * Math.Pow(2, -24) * size);
    }

    [Property]
    public void The_sum_is_in_the_documented_order(Length length, Seed seed)
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
    public void Partial_sums_are_more_exact_than_a_sum_from_left_to_right()
    {
        // From left to right, each 1 is lost to rounding beside 2^24, and the result is 0. Here 2^24 and -2^24 cancel in one partial sum,
        // and the 1s are in others.
        Real[] x = [16777216, 1, 1, 1, 1, 1, 1, 1, -16777216];
        Real fromTheLeft = 0;
        foreach (Real value in x)
            fromTheLeft += value;
        Assert.Equal(0, fromTheLeft);
        Assert.Equal(7, Sum(x));
    }

    [Fact]
    public void The_sum_of_no_elements_is_zero() => Assert.Equal(0, Sum([]));

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
