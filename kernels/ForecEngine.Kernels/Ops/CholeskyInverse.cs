// The inverse of a symmetric positive definite matrix by its Cholesky factor, in place, block by block. Blocks of 384 rows, or of 192 if
// the matrix has few, are eliminated one after another. For block k, with the factor A[k, k] = L L' and X = L^-1:
//   Y[i] = A[i, k] X'                          for every other block i of rows
//   A[i, j] -= Y[i] Y[j]'                      for all other blocks i, j; += where both have been eliminated
//   A[i, k] = Y[i] X,   A[k, k] = X' X         A[i, k] = -Y[i] X where i has been eliminated
// Below and to the right of block k, this is the Cholesky factorisation, with Y as the factor's columns. The eliminated part is the inverse
// of the leading part of A at any time, so that no separate pass inverts the factor. A has only its lower half: A[i, k] with i < k is
// A[k, i]'. The arithmetic is n^3 operations, nearly all of them in the products Y Y'. (Gauss-Jordan elimination with a symmetric update:
// Bauer and Reinsch, Inversion of positive definite matrices by the Gauss-Jordan method, 1971.) Each product with an explicit block X is as
// accurate as a triangular solve, because the condition of L is the root of that of A.
//
// A block's L and X are computed in the same way from blocks of 32 (CholeskyFactor.cs), by elimination on [A, I]. The products with the
// triangular X leave out its zeros in strips of 96 columns.
//
// All arithmetic is products of the device and the small factors, in an order that depends on n alone: same bits on every host.

namespace ForecEngine.Kernels.Ops;

/// <summary>The inverse of a positive definite matrix.</summary>
internal static class CholeskyInverse
{
    private const int BlockRows = 384;
    private const int FewRows = 2048;
    private const int Strip = 96;

    /// <summary>The numbers of scratch memory: for n rows, Y, then three matrices of a block.</summary>
    public static int ScratchLength(int n) => checked((n * Width(n)) + (Width(n) * ((2 * Width(n)) + CholeskyFactor.MostRows)));

    /// <summary>Overwrites a matrix, whose lower half is read, with its inverse.</summary>
    /// <param name="device">The device.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    /// <param name="failure">Two numbers, zeros; the failed pivot's number plus 1 and its value, if one fails.</param>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Invert(IBlockDevice device, Matrix matrix, Slice<Real> scratch, Slice<Real> failure)
    {
        Block a = new(matrix);
        int n = a.Rows, width = Width(n);
        Block y = new(scratch, 0, width, n, width);
        Block x = new(scratch, n * width, width, width, width), eliminated = new(scratch, (n + width) * width, width, width, width);
        Block panel = new(scratch, (n + (2 * width)) * width, CholeskyFactor.MostRows, width, CholeskyFactor.MostRows);
        Span<Real> failed = stackalloc Real[2];
        for (int start = 0; start < n; start += width)
        {
            int size = Math.Min(width, n - start), end = start + size;
            device.Fill(scratch.Part(n * width, 2 * width * width), 0);
            Block inverse = x.Part(0, size, 0, size);
            InvertFactor(device, a.Part(start, size, start, size), inverse, eliminated, panel, start, failure);
            failure.Read(failed);
            if (failed[0] > 0)
            {
                throw new ArithmeticException(
                    $"the matrix of {n} x {n} is not positive definite: pivot {(int)failed[0] - 1} is {failed[1]:R}, expected above 0");
            }

            Eliminate(device, a, y.Part(0, n, 0, size), inverse, start, end);
        }

        device.Mirror(a);
    }

    // A block's own factor is computed by small products, which few threads can share: small matrices have small blocks.
    private static int Width(int n) => Math.Min(n, n < FewRows ? BlockRows / 2 : BlockRows);

    private static void Eliminate(IBlockDevice device, Block a, Block y, Block x, int start, int end)
    {
        int n = a.Rows, size = end - start, below = n - end;
        Block upper = y.Part(0, start, 0, size), lower = y.Part(end, below, 0, size);
        for (int column = 0, stop; column < size; column = stop)
        {
            stop = Math.Min(column + Strip, size);
            Block strip = x.Part(column, stop - column, 0, stop);
            device.Multiply(
                a.Part(start, stop, 0, start), strip, upper.Part(0, start, column, stop - column), Transposed.A | Transposed.B,
                ProductEnd.Overwrite);
            device.Multiply(
                a.Part(end, below, start, stop), strip, lower.Part(0, below, column, stop - column), Transposed.B, ProductEnd.Overwrite);
        }

        device.Multiply(upper, upper, a.Part(0, start, 0, start), Transposed.B, ProductEnd.Add, isLower: true);
        device.Multiply(lower, upper, a.Part(end, below, 0, start), Transposed.B, ProductEnd.Subtract);
        device.Multiply(lower, lower, a.Part(end, below, end, below), Transposed.B, ProductEnd.Subtract, isLower: true);
        for (int column = 0, stop; column < size; column = stop)
        {
            stop = Math.Min(column + Strip, size);
            Block strip = x.Part(column, size - column, column, stop - column);
            device.Multiply(
                strip, upper.Part(0, start, column, size - column), a.Part(start + column, stop - column, 0, start),
                Transposed.A | Transposed.B, ProductEnd.Negate);
            device.Multiply(
                lower.Part(0, below, column, size - column), strip, a.Part(end, below, start + column, stop - column), Transposed.None,
                ProductEnd.Overwrite);
        }

        device.Multiply(x, x, a.Part(start, size, start, size), Transposed.A, ProductEnd.Overwrite, isLower: true);
    }

    // Overwrites the lower half of x, whose upper half is zeros, with the inverse of the factor of a, whose lower half is lost. In
    // elimination on [A, I], the rows of I that have not been eliminated are in rest, which is zeros at first.
    private static void InvertFactor(IBlockDevice device, Block a, Block x, Block rest, Block panel, int pivot, Slice<Real> failure)
    {
        int n = a.Rows;
        for (int start = 0, end; start < n; start = end)
        {
            end = Math.Min(start + CholeskyFactor.MostRows, n);
            int size = end - start, below = n - end;
            Block inverse = x.Part(start, size, start, size), column = panel.Part(0, below, 0, size);
            device.Factor(a.Part(start, size, start, size), inverse, pivot + start, failure);
            device.Multiply(a.Part(end, below, start, size), inverse, column, Transposed.B, ProductEnd.Overwrite);
            device.Multiply(column, column, a.Part(end, below, end, below), Transposed.B, ProductEnd.Subtract, isLower: true);
            device.Multiply(
                inverse, rest.Part(start, size, 0, start), x.Part(start, size, 0, start), Transposed.None, ProductEnd.Overwrite);
            device.Multiply(
                column, x.Part(start, size, 0, end), rest.Part(end, below, 0, end), Transposed.None, ProductEnd.Subtract);
        }
    }
}
