// The solution of a small system fulfils it, and matrices that are not positive definite are refused.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Fits;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class CholeskySolveTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 60)]
    public void The_product_of_the_matrix_and_the_solution_is_the_right_side(Seed seed, byte size)
    {
        int n = size % 13;
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/cholesky");
        double[] factor = [.. Enumerable.Range(0, n * n).Select(i => draws.Normal((ulong)i))];
        double[] b = [.. Enumerable.Range(0, n).Select(i => draws.Normal(1000 + (ulong)i))], a = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                a[(i * n) + j] = (i == j ? 1 : 0) + Enumerable.Range(0, n).Sum(k => factor[(i * n) + k] * factor[(j * n) + k]);
        }

        double[] solved = [.. b], lower = [.. a.Select((value, at) => at % n > at / n ? double.NaN : value)];
        CholeskySolve.Solve(lower, solved);
        for (int i = 0; i < n; i++)
            Assert.Equal(b[i], Enumerable.Range(0, n).Sum(k => a[(i * n) + k] * solved[k]), 1e-9);
    }

    [Theory]
    [InlineData(1, 2, 1, "pivot 1 of 2 is -3")]
    [InlineData(0, 0, 1, "pivot 0 of 2 is 0")]
    [InlineData(double.NaN, 0, 1, "pivot 0 of 2 is NaN")]
    public void A_matrix_that_is_not_positive_definite_is_refused(double first, double off, double second, string message) =>
        Assert.Contains(
            message, Assert.Throws<ArithmeticException>(() => CholeskySolve.Solve([first, off, off, second], [1, 1])).Message,
            StringComparison.Ordinal);
}
