// The small parts of the inverse of a positive definite matrix; the large ones are matrix products (ProductKernels.cs).

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the factorisation of a small block and of the copy to the upper half.</summary>
internal static class CholeskyKernels
{
    private const int Rows = CholeskyFactor.MostRows;
    private const uint PositiveInfinity = 0x7F800000;

    /// <summary>
    /// Factors a block and inverts the factor; see <see cref="CholeskyFactor"/>. One group; thread t has row t of the factor, then column t
    /// of its inverse. The block is in shared memory. Rows and columns beyond the block are computed from zeros and not stored.
    /// </summary>
    public static void Factor(
        ArrayView<float> a, int stride, ArrayView<float> inverse, int inverseStride, int rows, int pivot, ArrayView<float> failure)
    {
        ArrayView<float> factor = SharedMemory.Allocate<float>(Rows * Rows);
        int row = Group.IdxX;
        for (int column = 0; column < Rows; column++)
            factor[(row * Rows) + column] = row < rows && column <= row ? a[(row * stride) + column] : 0f;
        for (int column = 0; column < rows; column++)
        {
            Group.Barrier();
            float sum = factor[(row * Rows) + column];
            for (int k = 0; k < column; k++)
                sum -= factor[(row * Rows) + k] * factor[(column * Rows) + k];
            Group.Barrier();
            if (row >= column)
                factor[(row * Rows) + column] = sum;
            Group.Barrier();
            float value = factor[(column * Rows) + column];
            Group.Barrier();
            if (row == column)
            {
                factor[(row * Rows) + column] = MathF.Sqrt(value);
                uint bits = Interop.FloatAsInt(value); // as unsigned numbers, those of positive numbers are in (0, infinity)
                if ((bits == 0 || bits >= PositiveInfinity) && failure[0] == 0f)
                {
                    failure[0] = pivot + row + 1;
                    failure[1] = value;
                }
            }

            if (row > column)
                factor[(row * Rows) + column] = sum / MathF.Sqrt(value);
        }

        Group.Barrier();
        if (row < rows)
            CholeskyFactor.InverseColumn<GpuLane, ViewMemory>(
                new(factor), Rows, new(inverse), inverseStride, rows, row);
    }

    /// <summary>Copies an element of the lower half to the upper half.</summary>
    public static void Mirror(Index1D i, ArrayView<float> a, int stride, int rows)
    {
        int row = i / rows, column = i % rows;
        if (column > row)
            a[(row * stride) + column] = a[(column * stride) + row];
    }
}
