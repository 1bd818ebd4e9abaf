// Roots by multiply-adds against the processor's. Of a number from 1 to 4 and of that times a power of 4 a root has the same
// digits, so the 2^24 floats from 1 to 4 stand for all; and where an estimate is of 1 / sqrt(x), that 14 bits of it are right is
// all that the instruction promises, so the roots are held to be right for other estimates than this machine's.

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed class SquareRootTests
{
    private const uint One = 127u << 23, Four = 129u << 23;

    // Ulps that the roots before the last step are off, and the halves of their reciprocals from 0.5 / root, which is rounded itself.
    private const int OffS = 1, OffH = 2;

    public SquareRootTests() => Assert.SkipUnless(Avx512F.IsSupported, "no AVX-512 here: roots are the processor's");

    [Fact]
    public void Roots_from_1_to_4_are_the_processor_s()
    {
        foreach (Vector512<float> x in FromOneToFour())
            Assert.Equal(Vector512.Sqrt(x), SquareRoot.Of(x));
    }

    [Fact]
    public void So_they_are_at_the_ends_of_what_multiply_adds_do()
    {
        foreach (uint end in (uint[])[26u << 23, 254u << 23])
        {
            for (uint bits = end - (1 << 12); bits < end + (1 << 12); bits += 16)
            {
                Vector512<float> x = (Vector512.Create(bits) + Vector512<uint>.Indices).AsSingle();
                Assert.Equal(Vector512.Sqrt(x), SquareRoot.Of(x));
            }
        }
    }

    [Property]
    public void So_they_are_of_any_bits_at_all(Seed seed)
    {
        Draws draws = new(seed);
        Vector512<uint> bits = Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => ((uint)draws.Below(1 << 16) << 16) | (uint)draws.Below(1 << 16))]);
        foreach (Vector512<uint> mask in (Vector512<uint>[])[Vector512<uint>.AllBitsSet, Vector512.Create(uint.MaxValue >> 1), Vector512.Create(uint.MaxValue >> 9)])
        {
            Vector512<float> x = (bits & mask).AsSingle();
            Assert.Equal(Vector512.Sqrt(x).AsUInt32(), SquareRoot.Of(x).AsUInt32());
        }
    }

    [Fact]
    public void Roots_are_right_for_other_estimates_and_as_near_before_the_last_step_as_it_needs()
    {
        foreach (Vector512<float> x in FromOneToFour())
        {
            Vector512<float> root = Vector512.Sqrt(x), half = Vector512.Create(0.5f) / root;
            for (int part = -2; part <= 2; part++)
            {
                Vector512<float> y = (half + half) * (1 + (float)(part * SquareRoot.EstimateError / 2));
                (Vector512<float> s, Vector512<float> h) = SquareRoot.Refined(x, y);
                Assert.True(IsWithin(OffS, s, root) && IsWithin(OffH, h, half));
                Assert.Equal(root, SquareRoot.FromEstimate(x, y));
            }
        }
    }

    // As far off as that, the last step could err for the few numbers whose roots are the nearest to the middle of two floats. For
    // these, estimate by estimate.
    [Fact]
    public void The_roots_that_are_hardest_to_round_are_right_for_every_estimate()
    {
        int hard = 0;
        foreach (Vector512<float> x in FromOneToFour())
        {
            Vector512<float> errs = Vector512<float>.Zero, root = Vector512.Sqrt(x), half = Vector512.Create(0.5f) / root;
            for (int offS = -OffS; offS <= OffS; offS++)
            {
                Vector512<float> s = Off(root, offS), rest = Avx512F.FusedMultiplyAddNegated(s, s, x);
                for (int offH = -OffH; offH <= OffH; offH++)
                    errs |= ~Vector512.Equals(Vector512.FusedMultiplyAdd(Off(half, offH), rest, s), root);
            }

            for (int i = 0; errs != Vector512<float>.Zero && i < 16; i++)
            {
                if (errs.AsUInt32()[i] == 0)
                    continue;
                hard++;
                AssertRightForEveryEstimate(x[i]);
            }
        }

        Assert.InRange(hard, 5, 20);
    }

    private static void AssertRightForEveryEstimate(float x)
    {
        double reciprocal = 1 / Math.Sqrt(x);
        uint last = BitConverter.SingleToUInt32Bits((float)(reciprocal * (1 + SquareRoot.EstimateError)));
        for (uint bits = BitConverter.SingleToUInt32Bits((float)(reciprocal * (1 - SquareRoot.EstimateError))); bits <= last; bits += 16)
            Assert.Equal(Vector512.Create(MathF.Sqrt(x)), SquareRoot.FromEstimate(Vector512.Create(x), (Vector512.Create(bits) + Vector512<uint>.Indices).AsSingle()));
    }

    private static IEnumerable<Vector512<float>> FromOneToFour()
    {
        for (uint bits = One; bits < Four; bits += 16)
            yield return (Vector512.Create(bits) + Vector512<uint>.Indices).AsSingle();
    }

    private static bool IsWithin(int ulps, Vector512<float> a, Vector512<float> b) =>
        Vector512.LessThanOrEqualAll(Vector512.Abs(a.AsInt32() - b.AsInt32()), Vector512.Create(ulps));

    private static Vector512<float> Off(Vector512<float> x, int ulps) => (x.AsInt32() + Vector512.Create(ulps)).AsSingle();
}
