// The best items by dot products are the best of the product's rows.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 40)]
public sealed class TopDotsTests(Devices devices) : IClassFixture<Devices>
{
    [Property]
    public void The_best_are_those_of_the_rows_of_the_product(ProductShape shape, bool hasBias, bool areTied, Seed seed)
    {
        (int users, int depth, int items, _) = shape;
        Draws draws = new(seed);
        int most = draws.Below(12);
        Real[] user = Values(users * depth), item = Values(items * depth), bias = Values(items);
        int[] ranks = [.. Enumerable.Range(0, items).OrderBy(_ => draws.Between(0, 1))];
        int[][] leftOut = [.. Enumerable.Range(0, users).Select(_ => draws.Subset(items))];
        devices.Agree(work =>
        {
            Matrix u = work.Matrix(users, depth, user), v = work.Matrix(items, depth, item);
            Matrix scores = work.Matrix(users, items, new Real[users * items]), best = work.Matrix(users, most, new Real[users * most]);
            work.Device.Multiply(u, v, scores, Transposed.B);
            Slice<int> found = work.Device.Allocate<int>(users * most).Slice(), nonFinite = work.Device.Allocate<int>(users).Slice();
            work.Device.TopDots(
                new DotRanking(
                    u, v, work.VectorIf(hasBias, bias), Put(work, ranks),
                    Put(work, [.. leftOut.Select((_, i) => Before(i)), Before(users)]), work.Rows([.. leftOut.SelectMany(some => some)])),
                nonFinite, found, best);
            int[] expected = new int[most];
            Real[] expectedScores = new Real[most];
            for (int row = 0; row < users; row++)
            {
                Real[] own = scores.Values.Span.Slice(row * items, items).ToArray();
                for (int i = 0; i < items && hasBias; i++)
                    own[i] += bias[i];
                Assert.Equal(!own.All(Real.IsFinite), nonFinite.Span[row] > 0);
                Array.ForEach(leftOut[row], i => own[i] = Real.NegativeInfinity);
                TopK.Select(own, ranks, expected, expectedScores);
                Assert.Equal(expected, found.Part(row * most, most).Span.ToArray());
                Assert.Equal(expectedScores, best.Values.Part(row * most, most).Span.ToArray());
            }
        });

        int Before(int count) => leftOut.Take(count).Sum(some => some.Length);

        // Few whole numbers give many equal scores.
        Real[] Values(int count) => areTied ? [.. draws.Rows(count, 3).Select(value => (Real)(value - 1))] : draws.Any(count);
    }

    private static Slice<int> Put(Workspace work, int[] values)
    {
        Slice<int> slice = work.Device.Allocate<int>(values.Length).Slice();
        slice.Write(values);
        return slice;
    }
}
