// Segment sums of the scalar device are those of double arithmetic; the vector devices have their bits.

using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 50)]
public sealed class SegmentSumTests(Devices devices) : IClassFixture<Devices>
{
    [Property]
    public void Segment_sums_and_their_adjoints_have_the_bits_of_the_scalar_device(
        RowCount segments, ColumnCount columns, bool wantsAdjoint, Seed seed)
    {
        Draws draws = new(seed);
        int[] starts = Starts(draws, segments.Value);
        (int count, int width) = (starts[^1], columns.Value);
        Real[] x = draws.Any(count * width), weights = draws.Any(count), y = draws.Any(segments.Value * width);
        Real[] dy = draws.Any(y.Length), dx = draws.Any(x.Length);
        devices.Agree(work =>
        {
            Segments own = Write(work, starts);
            work.Device.SegmentSum(
                work.Matrix(count, width, x), work.Vector(weights), own, work.Matrix(segments.Value, width, y));
            work.Device.SegmentSumBackward(
                work.Vector(weights), own, work.Matrix(segments.Value, width, dy), work.MatrixIf(wantsAdjoint, count, width, dx));
        });
    }

    [Property]
    public void A_segment_sum_is_overwritten_and_its_adjoint_added_to(RowCount segments, ColumnCount columns, Seed seed)
    {
        Draws draws = new(seed);
        int[] starts = Starts(draws, segments.Value);
        (int count, int width) = (starts[^1], columns.Value);
        Real[] x = draws.Ordinary(count * width), weights = draws.Ordinary(count), y = draws.Ordinary(segments.Value * width);
        Real[] dx = draws.Ordinary(x.Length);
        using ScalarDevice device = new();
        Workspace work = new(device);
        Segments own = Write(work, starts);
        Slice<Real> w = work.Vector(weights);
        Matrix sums = work.Matrix(segments.Value, width, y), adjoint = work.Matrix(count, width, dx);
        device.SegmentSum(work.Matrix(count, width, x), w, own, sums);
        device.SegmentSumBackward(w, own, work.Matrix(segments.Value, width, y), adjoint);
        for (int i = 0; i < y.Length; i++)
        {
            (int segment, int column) = (i / width, i % width);
            double exact = 0, magnitude = 0;
            for (int k = starts[segment]; k < starts[segment + 1]; k++)
            {
                double term = (double)weights[k] * x[(k * width) + column];
                (exact, magnitude) = (exact + term, magnitude + Math.Abs(term));
                int at = (k * width) + column;
                double added = dx[at] + ((double)weights[k] * y[i]);
                Assert.True(Math.Abs(adjoint.Values.Span[at] - added) <= Math.ScaleB(Math.Abs(added), -24), $"dx[{k}, {column}]");
            }

            double roundings = starts[segment + 1] - starts[segment];
            Assert.True(Math.Abs(sums.Values.Span[i] - exact) <= roundings * Math.ScaleB(magnitude, -24), $"y[{segment}, {column}]");
        }
    }

    [Fact]
    public void An_empty_segment_is_a_row_of_zeros()
    {
        using ScalarDevice device = new();
        Workspace work = new(device);
        Matrix y = work.Matrix(3, 2, [5, 5, 5, 5, 5, 5]);
        device.SegmentSum(work.Matrix(2, 2, [1, 2, 10, 20]), work.Vector([3, 4]), Write(work, [0, 0, 2, 2]), y);
        Assert.Equal([0, 0, 43, 86, 0, 0], y.Values.Span.ToArray());
    }

    // Most segments are short; some are empty.
    private static int[] Starts(Draws draws, int segments)
    {
        int[] starts = new int[segments + 1];
        int longest = 1 + draws.Below(segments > 100 ? 4 : 30);
        for (int i = 0; i < segments; i++)
            starts[i + 1] = starts[i] + draws.Below(longest);
        return starts;
    }

    private static Segments Write(Workspace work, int[] starts) =>
        Segments.Write(work.Device.Allocate<int>(starts.Length).Slice(), starts);
}
