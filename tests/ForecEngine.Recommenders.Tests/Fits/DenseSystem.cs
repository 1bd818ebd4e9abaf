// Dense linear algebra in double, by Gauss-Jordan elimination with row exchanges: the specification of faster solvers.

namespace ForecEngine.Recommenders.Tests.Fits;

internal static class DenseSystem
{
    public static double[,] Inverse(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double[,] left = (double[,])matrix.Clone(), right = new double[n, n];
        for (int i = 0; i < n; i++)
            right[i, i] = 1;
        for (int column = 0; column < n; column++)
        {
            int pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(left[row, column]));
            for (int k = 0; k < n; k++)
            {
                (left[column, k], left[pivot, k]) = (left[pivot, k], left[column, k]);
                (right[column, k], right[pivot, k]) = (right[pivot, k], right[column, k]);
            }

            double scale = left[column, column];
            for (int k = 0; k < n; k++)
                (left[column, k], right[column, k]) = (left[column, k] / scale, right[column, k] / scale);
            foreach (int row in Enumerable.Range(0, n).Where(row => row != column))
            {
                double factor = left[row, column];
                for (int k = 0; k < n; k++)
                {
                    left[row, k] -= factor * left[column, k];
                    right[row, k] -= factor * right[column, k];
                }
            }
        }

        return right;
    }

    public static double[] Solve(double[,] matrix, double[] vector)
    {
        double[,] inverse = Inverse(matrix);
        return [.. vector.Select((_, i) => vector.Select((value, j) => inverse[i, j] * value).Sum())];
    }
}
