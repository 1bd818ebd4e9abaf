// The matrix product of the scalar device is that of double arithmetic, within the error of its chains; the vector devices have its bits.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Ops;

[Properties(Arbitrary = [typeof(Inputs)], MaxTest = 60)]
public sealed class MatrixProductTests(Devices devices) : IClassFixture<Devices>
{
    [Property]
    public void A_product_has_the_bits_of_the_scalar_device(ProductShape shape, bool adds, Seed seed)
    {
        (int rows, int depth, int columns, Transposed transposed) = shape;
        Draws draws = new(seed);
        Real[] a = draws.Any(rows * depth), b = draws.Any(depth * columns), c = draws.Any(rows * columns);
        devices.Agree(work => work.Device.Multiply(
            shape.A(work, a), shape.B(work, b), work.Matrix(rows, columns, c), transposed, adds));
    }

    [Property(MaxTest = 30)]
    public void Every_element_is_within_the_rounding_of_its_chains(ProductShape shape, bool adds, Seed seed)
    {
        (int rows, int depth, int columns, Transposed transposed) = shape;
        Draws draws = new(seed);
        Real[] a = draws.Ordinary(rows * depth), b = draws.Ordinary(depth * columns), c = draws.Ordinary(rows * columns);
        using ScalarDevice device = new();
        Workspace work = new(device);
        Matrix product = work.Matrix(rows, columns, c);
        device.Multiply(shape.A(work, a), shape.B(work, b), product, transposed, adds);
        for (int i = 0; i < c.Length; i++)
        {
            double exact = adds ? c[i] : 0, magnitude = Math.Abs(exact);
            for (int k = 0; k < depth; k++)
            {
                double term = (double)a[shape.PlaceInA(i / columns, k)] * b[shape.PlaceInB(k, i % columns)];
                exact += term;
                magnitude += Math.Abs(term);
            }

            double roundings = Math.Min(depth, MatrixProduct.BlockDepth) + (depth / MatrixProduct.BlockDepth) + 2;
            Assert.True(Math.Abs(product.Values.Span[i] - exact) <= roundings * Math.ScaleB(magnitude, -24), $"element {i} of {shape}");
        }
    }

    [Theory]
    [InlineData(0, 16777216)] // one chain: 2^24 + 1 is 2^24 in float
    [InlineData(MatrixProduct.BlockDepth - 1, 16777218)] // the ones of the second block are added first
    public void A_block_of_the_depth_is_one_chain(int place, float sum)
    {
        // The row has 2^24 at the place, then two ones; its other elements are 0. The column has ones.
        Real[] row = new Real[MatrixProduct.BlockDepth + 2];
        (row[place], row[place + 1], row[place + 2]) = (1 << 24, 1, 1);
        using ScalarDevice device = new();
        Workspace work = new(device);
        Matrix product = work.Matrix(1, 1, [5]);
        device.Multiply(
            work.Matrix(1, row.Length, row), work.Matrix(row.Length, 1, [.. Enumerable.Repeat((Real)1, row.Length)]), product);
        Assert.Equal(sum, product.Values.Span[0]);
    }
}
