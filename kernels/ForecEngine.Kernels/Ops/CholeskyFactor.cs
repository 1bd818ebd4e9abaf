// The Cholesky factor of a small block, A = L L', and its inverse X = L^-1, by rows. Every element is one chain of multiply-adds:
//   L[i, j] = (A[i, j] - sum over k < j of L[i, k] L[j, k]) / L[j, j],     L[i, i] = sqrt(A[i, i] - sum over k < i of L[i, k]^2)
//   X[i, j] = -(sum over j <= k < i of L[i, k] X[k, j]) / L[i, i],         X[i, i] = 1 / L[i, i]
// The number under the root is the pivot. A matrix is positive definite exactly if all of its pivots are positive.

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of the factorisation of a small block.</summary>
internal static class CholeskyFactor
{
    /// <summary>The most rows of a block.</summary>
    public const int MostRows = 32;

    /// <summary>Overwrites a row of the lower half with the factor's; the rows above it are already factored.</summary>
    /// <returns>The pivot. If it is not positive, the row is no factor's.</returns>
    public static TLane Row<TLane, TMemory>(TMemory a, int stride, int row)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane pivot = TLane.Broadcast(0);
        for (int column = 0; column <= row; column++)
        {
            TLane sum = a.Load((row * stride) + column);
            for (int k = 0; k < column; k++)
                sum = TLane.MultiplyAdd(-a.Load((row * stride) + k), a.Load((column * stride) + k), sum);
            pivot = sum;
            a.Store((row * stride) + column, column == row ? TLane.Sqrt(sum) : sum / a.Load((column * stride) + column));
        }

        return pivot;
    }

    /// <summary>Overwrites a column of the lower half of x with that of the factor's inverse.</summary>
    public static void InverseColumn<TLane, TMemory>(TMemory factor, int stride, TMemory x, int xStride, int rows, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        x.Store((column * xStride) + column, TLane.Broadcast(1) / factor.Load((column * stride) + column));
        for (int row = column + 1; row < rows; row++)
        {
            TLane sum = TLane.Broadcast(0);
            for (int k = column; k < row; k++)
                sum = TLane.MultiplyAdd(-factor.Load((row * stride) + k), x.Load((k * xStride) + column), sum);
            x.Store((row * xStride) + column, sum / factor.Load((row * stride) + row));
        }
    }
}
