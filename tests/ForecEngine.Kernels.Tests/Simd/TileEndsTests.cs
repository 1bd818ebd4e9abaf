// The column sums that a matrix product computes besides its result: the gradient of the bias below.

using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed unsafe class TileEndsTests
{
    [Property]
    public void The_totals_are_the_column_sums_of_the_stored_result_in_the_order_of_the_rows(DenseShape shape, Seed seed)
    {
        (int rows, int depth, int columns) = shape;
        Draws draws = new(seed);
        Real[] a = draws.Any(rows * depth), b = draws.Any(depth * columns), starts = draws.Any(columns), before = draws.Any(columns);
        foreach (int bits in Devices.VectorBits)
        {
            // The ReLU outputs (sides) follow the stored result.
            Real[] results = [.. new Real[rows * columns], .. draws.Any(rows * columns)], totals = [.. before], expected = [.. before];
            fixed (Real* pa = a, pb = b, pstarts = starts, presults = results, ptotals = totals)
            {
                new MatrixTile
                {
                    A = pa,
                    ARow = depth,
                    AStep = 1,
                    B = pb,
                    BRow = columns,
                    C0 = pstarts,
                    C = presults,
                    CRow = columns,
                    Sides = rows * columns,
                    Totals = ptotals,
                    Rows = rows,
                    Columns = columns,
                    Depth = depth,
                }.Run<RectifierAdjoint>(bits);
            }

            for (int i = 0; i < rows * columns; i++)
                expected[i % columns] += results[i];
            Assert.Equal(expected, totals);
        }
    }
}
