// The inverse of a positive definite matrix: bits of the scalar device on all devices, and the accuracy of a Cholesky factorisation.

using ForecEngine.Kernels.Simd;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 20)]
public sealed class CholeskyInverseTests(Devices devices) : IClassFixture<Devices>
{
    [Property]
    public void An_inverse_has_the_bits_of_the_scalar_device(Seed seed)
    {
        Draws draws = new(seed);
        int n = draws.Below(4) == 0 ? 380 + draws.Below(110) : draws.Below(110);
        double[] matrix = PositiveDefinite(draws, n, decades: 2);
        devices.Agree(work => work.Device.CholeskyInverse(work.Matrix(n, n, [.. matrix.Select(value => (Real)value)])));
    }

    // The bound of the error of an inverse by the Cholesky factor, Higham, Accuracy and Stability of Numerical Algorithms, section 14.3,
    // is a multiple of n u K(A) ||X||. Rounding errors of random signs are far below it: the multiple here is 1 / 4.
    [Property]
    public void A_product_with_the_inverse_is_the_identity(Seed seed)
    {
        Draws draws = new(seed);
        AssertInverse(draws, 1 + (draws.Below(3) == 0 ? 350 + draws.Below(100) : draws.Below(100)), draws.Below(5), everyRow: 1);
    }

    [Fact]
    public void So_is_that_with_an_inverse_of_several_blocks() => AssertInverse(new Draws(new Seed(1)), 800, decades: 3, everyRow: 83);

    [Property]
    public void The_upper_half_is_not_read(Seed seed)
    {
        Draws draws = new(seed);
        int n = 1 + draws.Below(100);
        Real[] a = [.. PositiveDefinite(draws, n, decades: 1).Select(value => (Real)value)];
        Real[] lower = [.. a.Select((value, i) => i % n > i / n ? Real.NaN : value)];
        using SimdDevice device = new(1);
        Workspace work = new(device);
        Matrix of = work.Matrix(n, n, a), ofLower = work.Matrix(n, n, lower);
        device.CholeskyInverse(of);
        device.CholeskyInverse(ofLower);
        Assert.Equal(of.Values.Span.ToArray(), ofLower.Values.Span.ToArray());
    }

    [Theory]
    [InlineData(1, 0, -1f)]
    [InlineData(5, 4, 0f)]
    [InlineData(40, 33, float.NaN)]
    [InlineData(500, 450, -3f)]
    [InlineData(500, 2, float.PositiveInfinity)]
    public void The_first_pivot_that_is_not_positive_is_named(int n, int pivot, float value) => devices.Agree(work =>
    {
        Real[] a = [.. Enumerable.Range(0, n * n).Select(i => i / n == i % n ? i / n >= pivot ? value : 1 : (Real)0)];
        Matrix matrix = new Workspace(work.Device).Matrix(n, n, a);
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => work.Device.CholeskyInverse(matrix));
        Assert.Equal($"the matrix of {n} x {n} is not positive definite: pivot {pivot} is {value:R}, expected above 0", error.Message);
    });

    [Fact]
    public void A_singular_matrix_is_refused()
    {
        using SimdDevice device = new(1);
        Workspace work = new(device);
        Assert.Throws<ArithmeticException>(() => device.CholeskyInverse(work.Matrix(2, 2, [1, 1, 1, 1])));
    }

    private static void AssertInverse(Draws draws, int n, int decades, int everyRow)
    {
        Real[] a = [.. PositiveDefinite(draws, n, decades).Select(value => (Real)value)];
        using SimdDevice device = new(2);
        Matrix inverse = new Workspace(device).Matrix(n, n, a);
        device.CholeskyInverse(inverse);
        Real[] x = inverse.Values.Span.ToArray();
        double bound = Math.Max(8, n / 4.0) * Math.Pow(10, decades) * Math.ScaleB(1, -24);
        for (int row = 0; row < n; row += everyRow)
        {
            for (int column = 0; column < n; column++)
            {
                double sum = row == column ? -1 : 0;
                for (int k = 0; k < n; k++)
                    sum += (double)a[(row * n) + k] * x[(k * n) + column];
                Assert.True(Math.Abs(sum) <= bound, $"({row}, {column}) of {n} x {n} is off by {sum:E2}, more than {bound:E2}");
                Assert.Equal(x[(row * n) + column], x[(column * n) + row]);
            }
        }
    }

    // Rotations of a diagonal matrix, in double, whose eigenvalues go from 1 down by some decades.
    private static double[] PositiveDefinite(Draws draws, int n, int decades)
    {
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
            a[(i * n) + i] = Math.Pow(10, -decades * i / Math.Max(1.0, n - 1));
        for (int rotation = 0; rotation < 4 * n && n > 1; rotation++)
        {
            int p = draws.Below(n), q = (p + 1 + draws.Below(n - 1)) % n;
            (double sin, double cos) = Math.SinCos(draws.Between(0, Math.Tau));
            for (int k = 0; k < n; k++)
                Rotate(ref a[(p * n) + k], ref a[(q * n) + k], sin, cos);
            for (int k = 0; k < n; k++)
                Rotate(ref a[(k * n) + p], ref a[(k * n) + q], sin, cos);
        }

        return a;
    }

    private static void Rotate(ref double x, ref double y, double sin, double cos) =>
        (x, y) = ((cos * x) - (sin * y), (sin * x) + (cos * y));
}
