// The matrix product. A group of 256 threads computes a tile of 64 x 64 elements of C, each thread 4 x 4 of them. The group reads 16 steps
// of the depth at a time into shared memory: step k has 64 numbers of A, in fours, and 64 of B. Each element is one chain over the depth.
// Threads outside C read and compute zeros, because no barrier may be in a branch.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the matrix product.</summary>
internal static class ProductKernels
{
    /// <summary>The number of threads of a group.</summary>
    public const int Threads = 256;

    /// <summary>The rows and the columns of a tile.</summary>
    public const int Tile = 64;

    private const int Steps = 16;

    /// <summary>Computes a tile; the tiles are numbered row by row.</summary>
    public static void Multiply(GpuProduct product, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        ArrayView<Float4> aFours = SharedMemory.Allocate<Float4>(Steps * Tile / 4);
        ArrayView<Float4> bFours = SharedMemory.Allocate<Float4>(Steps * Tile / 4);
        ArrayView<float> aSteps = NetworkTile.Floats(aFours), bSteps = NetworkTile.Floats(bFours);
        int thread = Group.IdxX, across = (product.Columns + Tile - 1) / Tile;
        int firstRow = Grid.IdxX / across * Tile, firstColumn = Grid.IdxX % across * Tile;
        int row = thread / 16, column = thread % 16; // in fours
        Float4 s0 = default, s1 = default, s2 = default, s3 = default;
        for (int start = 0; start < product.Depth; start += Steps)
        {
            for (int i = thread; i < Steps * Tile; i += Threads)
            {
                // Neighbouring threads read neighbouring numbers.
                int aLine = product.AStep == 1 ? i / Steps : i % Tile, aStep = product.AStep == 1 ? i % Steps : i / Tile;
                int bLine = product.BStep == 1 ? i / Steps : i % Tile, bStep = product.BStep == 1 ? i % Steps : i / Tile;
                bool isOfA = firstRow + aLine < product.Rows && start + aStep < product.Depth;
                bool isOfB = firstColumn + bLine < product.Columns && start + bStep < product.Depth;
                aSteps[(aStep * Tile) + aLine] =
                    isOfA ? a[((firstRow + aLine) * product.ARow) + ((start + aStep) * product.AStep)] : 0f;
                bSteps[(bStep * Tile) + bLine] =
                    isOfB ? b[((start + bStep) * product.BStep) + ((firstColumn + bLine) * product.BColumn)] : 0f;
            }

            Group.Barrier();
            for (int k = 0; k < Steps; k++)
            {
                Float4 four = aFours[(k * (Tile / 4)) + row], right = bFours[(k * (Tile / 4)) + column];
                s0 = Float4.MultiplyAdd(four.X, right, s0);
                s1 = Float4.MultiplyAdd(four.Y, right, s1);
                s2 = Float4.MultiplyAdd(four.Z, right, s2);
                s3 = Float4.MultiplyAdd(four.W, right, s3);
            }

            Group.Barrier(); // before the next steps overwrite these
        }

        int top = firstRow + (4 * row), left = firstColumn + (4 * column);
        Finish(product, c, top, left, s0);
        Finish(product, c, top + 1, left, s1);
        Finish(product, c, top + 2, left, s2);
        Finish(product, c, top + 3, left, s3);
    }

    private static void Finish(GpuProduct product, ArrayView<float> c, int row, int column, Float4 sums)
    {
        Finish(product, c, row, column, sums.X);
        Finish(product, c, row, column + 1, sums.Y);
        Finish(product, c, row, column + 2, sums.Z);
        Finish(product, c, row, column + 3, sums.W);
    }

    private static void Finish(GpuProduct product, ArrayView<float> c, int row, int column, float sum)
    {
        if (row >= product.Rows || column >= product.Columns || (product.IsLower != 0 && column > row))
            return;
        int at = (row * product.CRow) + column;
        if (product.End == ProductEnd.Overwrite)
            c[at] = sum;
        else if (product.End == ProductEnd.Negate)
            c[at] = -sum;
        else if (product.End == ProductEnd.Add)
            c[at] = c[at] + sum;
        else
            c[at] = c[at] - sum;
    }
}
