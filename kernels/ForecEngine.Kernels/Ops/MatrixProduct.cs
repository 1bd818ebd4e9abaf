// A matrix product, C = A B or C += A B, where either factor may be transposed: the specification. The sum over the depth is cut into
// blocks of 512, the last one possibly shorter. Each block's sum is one chain of multiply-adds from 0, and the blocks' sums are added in
// ascending order:
//   C[r, c] (+)= sum over the k of a block of A[r, k] B[k, c]      for block 0, 1, ...
// So a device can compute C block by block with factors that fit in its caches, and any tiling within a block gives the same bits. Short
// chains also round less: the error of a sum grows with the size of the partial sums.

namespace ForecEngine.Kernels.Ops;

/// <summary>What a product does with an element of C.</summary>
internal enum ProductEnd
{
    /// <summary>C = the sum.</summary>
    Overwrite,

    /// <summary>C = -the sum.</summary>
    Negate,

    /// <summary>C += the sum.</summary>
    Add,

    /// <summary>C -= the sum.</summary>
    Subtract,
}

/// <summary>The body of a matrix product, one element of the result at a time.</summary>
public static class MatrixProduct
{
    /// <summary>The number of products in one chain.</summary>
    public const int BlockDepth = 512;

    /// <summary>What a block of the depth does: the first one overwrites C, the others add to it or subtract from it.</summary>
    internal static ProductEnd OfBlock(ProductEnd end, bool isLater) => end switch
    {
        ProductEnd.Overwrite when isLater => ProductEnd.Add,
        ProductEnd.Negate when isLater => ProductEnd.Subtract,
        _ => end,
    };

    /// <summary>
    /// C[row, column]. A's elements are at row aRow + k aStep, B's at k bStep + column bColumn, C's at row cRow + column.
    /// </summary>
    internal static void Element<TLane, TMemory>(
        TMemory a, int aRow, int aStep, TMemory b, int bStep, int bColumn, TMemory c, int cRow, int depth, int row, int column,
        ProductEnd end)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        int at = (row * cRow) + column;
        if (end is ProductEnd.Overwrite or ProductEnd.Negate)
            c.Store(at, TLane.Broadcast(0));
        for (int start = 0; start < depth; start += BlockDepth)
        {
            TLane sum = TLane.Broadcast(0);
            int stop = Math.Min(depth, start + BlockDepth);
            for (int k = start; k < stop; k++)
                sum = TLane.MultiplyAdd(a.Load((row * aRow) + (k * aStep)), b.Load((k * bStep) + (column * bColumn)), sum);
            TLane total = c.Load(at);
            c.Store(at, OfBlock(end, start > 0) switch
            {
                ProductEnd.Overwrite => sum,
                ProductEnd.Negate => -sum,
                ProductEnd.Add => total + sum,
                _ => total - sum,
            });
        }
    }
}
