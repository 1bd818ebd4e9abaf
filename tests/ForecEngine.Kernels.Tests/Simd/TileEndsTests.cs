// What a product leaves beside its result: the sums of its columns, which tell which units no sample makes active, and the bias's gradient.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Simd;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed unsafe class TileEndsTests
{
    [Property]
    public void A_sum_of_a_unit_is_0_where_the_unit_is_0_in_every_row(Seed seed)
    {
        Draws draws = new(seed);
        (int rows, int columns) = (1 + draws.Below(140), 1 + draws.Below(80));
        int stride = columns + draws.Below(3);
        Real[] x = draws.Any(rows * stride);
        foreach (int column in draws.Subset(columns))
        {
            for (int row = 0; row < rows; row++)
                x[(row * stride) + column] = draws.Below(3) switch { 0 => 0, 1 => Real.NegativeZero, _ => -1 };
        }

        foreach (int bits in Devices.VectorBits)
        {
            Real[] y = new Real[rows * stride], sums = new Real[columns];
            fixed (Real* px = x, py = y, psums = sums)
            {
                // Chains without a link: what they begin with is what is rectified.
                new MatrixTile { C0 = px, C0Row = stride, C = py, CRow = stride, Totals = psums, Rows = rows, Columns = columns }
                    .Run<RectifiedSum>(bits);
            }

            for (int column = 0; column < columns; column++)
            {
                for (int row = 0; row < rows; row++)
                    Assert.Equal(Relu.Forward(new ScalarLane(x[(row * stride) + column])).Value, y[(row * stride) + column]);
                Assert.Equal(Enumerable.Range(0, rows).All(row => y[(row * stride) + column] == 0), sums[column] == 0);
            }
        }
    }

    [Property]
    public void The_totals_are_chains_over_what_is_stored_down_the_rows(DenseShape shape, Seed seed)
    {
        (int rows, int depth, int columns) = shape;
        Draws draws = new(seed);
        Real[] a = draws.Any(rows * depth), b = draws.Any(depth * columns), starts = draws.Any(columns), before = draws.Any(columns);
        Hold<RectifiedSum>();
        Hold<RectifierAdjoint>();

        void Hold<TEnd>()
            where TEnd : struct, ITileEnd
        {
            foreach (int bits in Devices.VectorBits)
            {
                // The sides lie behind what is stored.
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
                    }.Run<TEnd>(bits);
                }

                for (int i = 0; i < rows * columns; i++)
                    expected[i % columns] += results[i];
                Assert.Equal(expected, totals);
            }
        }
    }
}
