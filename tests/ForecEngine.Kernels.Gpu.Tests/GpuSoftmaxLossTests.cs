// Segment sums and the cross-entropy over all items agree with the scalar device within 1e-4 of the sum of their terms' magnitudes.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuSoftmaxLossTests(TestAccelerator accelerator) : IClassFixture<TestAccelerator>
{
    private const int Cases = 8;
    private const float Magnitude = 10; // of sums of a few products of two normal numbers

    private readonly GpuDevice _gpu = accelerator.Gpu;
    private readonly ScalarDevice _scalar = accelerator.Scalar;

    [Property(MaxTest = Cases)]
    public void Segment_sums_and_their_adjoints_agree(ulong seed)
    {
        Close(Outputs(_scalar, new(_scalar, seed)), Outputs(_gpu, new(_gpu, seed)));

        static float[][] Outputs(IDevice device, Case draw)
        {
            (int segments, int columns) = (draw.Below("segments", 9), 1 + draw.Below("columns", 9));
            int[] lengths = Case.Make(segments, i => draw.Of("length").Below(i, 7));
            int[] starts = [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())];
            Segments own = Segments.Write(device.Allocate<int>(starts.Length).Slice(), starts);
            Matrix x = draw.Normals("x", starts[^1], columns), y = draw.Normals("y", segments, columns);
            Slice<float> weights = draw.Normals("weights", starts[^1]);
            device.SegmentSum(x, weights, own, y);
            device.SegmentSumBackward(weights, own, draw.Normals("dy", segments, columns), x);
            return [Read(y.Values), Read(x.Values)];
        }
    }

    [Property(MaxTest = Cases)]
    public void The_softmax_loss_and_its_adjoints_agree(ulong seed)
    {
        Close(Outputs(_scalar, new(_scalar, seed)), Outputs(_gpu, new(_gpu, seed)));

        static float[][] Outputs(IDevice device, Case draw)
        {
            (int rows, int dimension) = (draw.Below("rows", 9), draw.Below("dimension", 20));
            int count = 1 + draw.Below("items", 40) + (draw.Below("large", 4) == 0 ? SoftmaxLossKernels.BlockItems : 0);
            Matrix x = draw.Normals("x", rows, dimension);
            Catalogue items = new(
                draw.Normals("items", 50, dimension), draw.Rows("rows of items", count, 50), draw.Normals("bias", 60),
                draw.Rows("rows of biases", count, 60));
            Matrix dx = draw.Normals("dx", rows, dimension), ditems = draw.Normals("ditems", count, dimension);
            Slice<float> losses = draw.Normals("losses", rows), dlosses = draw.Normals("dlosses", rows);
            Slice<float> normalisers = draw.Normals("normalisers", rows), dbias = draw.Normals("dbias", count);
            RowIds targets = draw.Rows("targets", rows, count);
            device.SoftmaxLoss(x, items, targets, losses, normalisers);
            device.SoftmaxLossBackward(
                x, items, targets, normalisers, dlosses, draw.Below("x?", 4) > 0 ? dx : default,
                draw.Below("items?", 4) > 0 ? ditems : default, draw.Below("bias?", 4) > 0 ? dbias : default);
            return [Read(losses), Read(normalisers), Read(dx.Values), Read(ditems.Values), Read(dbias)];
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow_and_NaN_stays_NaN()
    {
        Assert.Equal([2000, 0], Losses(1000));
        Assert.All(Losses(float.NaN), loss => Assert.True(float.IsNaN(loss)));

        float[] Losses(float x)
        {
            Case draw = new(_gpu, seed: 1);
            Slice<float> losses = draw.Put(7, 7);
            RowIds targets = RowIds.Write(_gpu.Allocate<int>(2).Slice(), [1, 0]);
            RowIds all = RowIds.Write(_gpu.Allocate<int>(2).Slice(), [0, 1]);
            Catalogue items = new(new Matrix(draw.Put(1, -1), 2, 1), all, draw.Put(0, 0), all);
            _gpu.SoftmaxLoss(new Matrix(draw.Put(x, x), 2, 1), items, targets, losses, draw.Put(7, 7));
            return Read(losses);
        }
    }

    private static void Close(float[][] expected, float[][] found)
    {
        foreach ((float[] left, float[] right) in expected.Zip(found))
        {
            Assert.Equal(left.Length, right.Length);
            for (int i = 0; i < left.Length; i++)
            {
                float most = 1e-4f * Math.Max(Magnitude, MathF.Abs(left[i]));
                Assert.True(MathF.Abs(left[i] - right[i]) <= most, $"element {i}: {right[i]:R}, expected {left[i]:R}");
            }
        }
    }

    private static float[] Read(Slice<float> slice)
    {
        float[] values = new float[slice.Length];
        slice.Read(values);
        return values;
    }
}
