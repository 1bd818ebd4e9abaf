// The linear algebra of the accelerator.

using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice : IBlockDevice
{
    private const int MostScores = 1 << 22; // of a ranking in memory at once

    /// <inheritdoc/>
    public void Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed = Transposed.None, bool adds = false)
    {
        OperationShapes.Multiply(a, b, c, transposed);
        Multiply(new Block(a), new Block(b), new Block(c), transposed, adds ? ProductEnd.Add : ProductEnd.Overwrite, isLower: false);
    }

    /// <inheritdoc/>
    public void CholeskyInverse(Matrix a)
    {
        OperationShapes.CholeskyInverse(a);
        Storage<float> scratch = Allocate<float>(Ops.CholeskyInverse.ScratchLength(a.Rows)), failure = Allocate<float>(2);
        try
        {
            Ops.CholeskyInverse.Invert(this, a, scratch.Slice(), failure.Slice());
        }
        finally
        {
            scratch.Free();
            failure.Free();
        }
    }

    /// <inheritdoc/>
    public void TopDots(in DotRanking ranking, Slice<int> nonFinite, Slice<int> bestItems, Matrix bestScores)
    {
        ranking.Check(nonFinite, bestItems, bestScores);
        (int users, int items, int most) = (ranking.Users.Rows, ranking.Items.Rows, bestScores.Columns);
        int atOnce = Math.Clamp(MostScores / Math.Max(1, items), 1, Math.Max(1, users));
        Storage<float> scratch = Allocate<float>(checked(atOnce * items));
        for (int first = 0, count; first < users; first += count)
        {
            count = Math.Min(atOnce, users - first);
            int depth = ranking.Users.Columns;
            Matrix some = new(ranking.Users.Values.Part(first * depth, count * depth), count, depth);
            Matrix scores = new(scratch.Slice(0, count * items), count, items);
            Multiply(some, ranking.Items, scores, Transposed.B);
            if (!ranking.Bias.IsEmpty && count > 0)
                Each<Action<Index1D, View, View, int>>(RankingKernels.AddBias)(
                    count * items, On(scores.Values), On(ranking.Bias), items);
            CountNonFinite(nonFinite.Part(first, count), scores); // before the items left out become infinite
            if (ranking.LeftOut.Count > 0)
                Each<Action<Index1D, View, ArrayView<int>, ArrayView<int>, int, int>>(RankingKernels.LeaveOut)(
                    count, On(scores.Values), On(ranking.LeftOutStarts), On(ranking.LeftOut.Values), first, items);
            TopK(
                scores, ranking.Ranks, bestItems.Part(first * most, count * most),
                new Matrix(bestScores.Values.Part(first * most, count * most), count, most));
        }

        scratch.Free();
    }

    void IBlockDevice.Multiply(Block a, Block b, Block c, Transposed transposed, ProductEnd end, bool isLower) =>
        Multiply(a, b, c, transposed, end, isLower);

    void IBlockDevice.Factor(Block a, Block inverse, int pivot, Slice<float> failure) =>
        _kernels.Find<Action<View, int, View, int, int, int, View>, Action<KernelConfig, View, int, View, int, int, int, View>>(
            CholeskyKernels.Factor)(
            new KernelConfig(1, CholeskyFactor.MostRows), On(a), a.Stride, On(inverse), inverse.Stride, a.Rows, pivot, On(failure));

    void IBlockDevice.Mirror(Block a)
    {
        if (!a.IsEmpty)
            Each<Action<Index1D, View, int, int>>(CholeskyKernels.Mirror)(checked(a.Rows * a.Rows), On(a), a.Stride, a.Rows);
    }

    private void Multiply(Block a, Block b, Block c, Transposed transposed, ProductEnd end, bool isLower)
    {
        if (c.IsEmpty)
            return;
        bool ofA = transposed.HasFlag(Transposed.A), ofB = transposed.HasFlag(Transposed.B);
        GpuProduct product = new()
        {
            ARow = ofA ? 1 : a.Stride,
            AStep = ofA ? a.Stride : 1,
            BStep = ofB ? 1 : b.Stride,
            BColumn = ofB ? b.Stride : 1,
            CRow = c.Stride,
            Rows = c.Rows,
            Columns = c.Columns,
            Depth = ofA ? a.Rows : a.Columns,
            End = end,
            IsLower = isLower ? 1 : 0,
        };
        _kernels.Find<Action<GpuProduct, View, View, View>, Action<KernelConfig, GpuProduct, View, View, View>>(ProductKernels.Multiply)(
            new KernelConfig(
                Groups(c.Rows, ProductKernels.Tile) * Groups(c.Columns, ProductKernels.Tile), ProductKernels.Threads),
            product, On(a), On(b), On(c));
    }

    private View On(Block block) => block.IsEmpty
        ? OnOrAbsent(default)
        : On(block.Values.Part(block.Start, ((block.Rows - 1) * block.Stride) + block.Columns), nameof(block));
}
