// The linear algebra of the host's devices. A derived device computes the products.

namespace ForecEngine.Kernels;

public abstract unsafe partial class HostDevice : IBlockDevice
{
    private HostStorage<Real> _inversion = new(0);

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
        HostStorage<Real>.Reserve(ref _inversion, Ops.CholeskyInverse.ScratchLength(a.Rows));
        Ops.CholeskyInverse.Invert(this, a, _inversion.Slice(), new HostStorage<Real>(2).Slice());
    }

    /// <inheritdoc/>
    public void TopDots(in DotRanking ranking, Slice<int> nonFinite, Slice<int> bestItems, Matrix bestScores)
    {
        ranking.Check(nonFinite, bestItems, bestScores);
        nonFinite.Span.Clear();
        fixed (Real* users = ranking.Users.Values.Span, items = ranking.Items.Values.Span, bias = ranking.Bias.Span)
        fixed (int* ranks = ranking.Ranks.Span, starts = ranking.LeftOutStarts.Span, leftOut = ranking.LeftOut.Values.Span)
        fixed (int* flags = nonFinite.Span, found = bestItems.Span)
        fixed (Real* scores = bestScores.Values.Span)
        {
            TopDots(new DotPointers
            {
                Users = users,
                Items = items,
                Bias = bias,
                Ranks = ranks,
                LeftOutStarts = starts,
                LeftOut = leftOut,
                NonFinite = flags,
                BestItems = found,
                BestScores = scores,
                UserCount = ranking.Users.Rows,
                ItemCount = ranking.Items.Rows,
                Depth = ranking.Users.Columns,
                Most = bestScores.Columns,
            });
        }
    }

    void IBlockDevice.Multiply(Block a, Block b, Block c, Transposed transposed, ProductEnd end, bool isLower) =>
        Multiply(a, b, c, transposed, end, isLower);

    void IBlockDevice.Factor(Block a, Block inverse, int pivot, Slice<Real> failure)
    {
        HostMemory<ScalarLane> factor = new(a.Pointer), x = new(inverse.Pointer);
        for (int row = 0; row < a.Rows; row++)
        {
            Real value = CholeskyFactor.Row<ScalarLane, HostMemory<ScalarLane>>(factor, a.Stride, row).Value;
            if (!(value > 0 && Real.IsFinite(value)) && failure.Span[0] == 0)
                (failure.Span[0], failure.Span[1]) = (pivot + row + 1, value);
        }

        for (int column = 0; column < a.Rows; column++)
            CholeskyFactor.InverseColumn<ScalarLane, HostMemory<ScalarLane>>(factor, a.Stride, x, inverse.Stride, a.Rows, column);
    }

    void IBlockDevice.Mirror(Block a) => Mirror(a.Pointer, a.Stride, a.Rows);

    private protected abstract void Multiply(in StridedProduct product);
    private protected abstract void TopDots(in DotPointers ranking);
    private protected abstract void Mirror(Real* a, int stride, int rows);

    private void Multiply(Block a, Block b, Block c, Transposed transposed, ProductEnd end, bool isLower)
    {
        bool ofA = transposed.HasFlag(Transposed.A), ofB = transposed.HasFlag(Transposed.B);
        if (c.IsEmpty)
            return;
        Multiply(new StridedProduct
        {
            A = a.Pointer,
            ARow = ofA ? 1 : a.Stride,
            AStep = ofA ? a.Stride : 1,
            B = b.Pointer,
            BStep = ofB ? 1 : b.Stride,
            BColumn = ofB ? b.Stride : 1,
            C = c.Pointer,
            CRow = c.Stride,
            Rows = c.Rows,
            Columns = c.Columns,
            Depth = ofA ? a.Rows : a.Columns,
            End = end,
            IsLower = isLower,
        });
    }
}
