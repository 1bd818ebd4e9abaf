// Small systems A x = b with a symmetric positive definite A, in double: A = L L', then L z = b and L' x = z. Large matrices are for the
// device (IDevice.CholeskyInverse).

namespace ForecEngine.Recommenders.Fits;

internal static class CholeskySolve
{
    /// <summary>Overwrites b with the solution and the lower half of A, [n, n], with its factor.</summary>
    /// <exception cref="ArithmeticException">A is not positive definite.</exception>
    public static void Solve(Span<double> a, Span<double> b)
    {
        int n = b.Length;
        for (int i = 0; i < n; i++)
        {
            Span<double> row = a.Slice(i * n, n);
            for (int j = 0; j <= i; j++)
            {
                ReadOnlySpan<double> other = a.Slice(j * n, n);
                double sum = row[j];
                for (int k = 0; k < j; k++)
                    sum -= row[k] * other[k];
                if (i == j && !(sum > 0))
                    throw new ArithmeticException($"the matrix is not positive definite: pivot {i} of {n} is {sum}");
                row[j] = i == j ? Math.Sqrt(sum) : sum / other[j];
            }

            for (int k = 0; k < i; k++)
                b[i] -= row[k] * b[k];
            b[i] /= row[i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
                b[i] -= a[(k * n) + i] * b[k];
            b[i] /= a[(i * n) + i];
        }
    }
}
