// Matrices pushed together to the columns of active units, and pulled apart again.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Simd;
using ForecEngine.Kernels.Tests.Simd;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Fused;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed unsafe class ActiveColumnsTests
{
    private const int VectorLength = 16;

    [Property]
    public void Rows_are_taken_and_zeros_where_there_is_none(Seed seed)
    {
        Draws draws = new(seed);
        (int rows, int columns, int taken) = (1 + draws.Below(30), 1 + draws.Below(80), 1 + draws.Below(30));
        int stride = columns + draws.Below(3);
        Real[] x = draws.Any(rows * stride);
        int[] from = [.. Enumerable.Range(0, taken).Select(_ => draws.Below(rows + 1) - 1)];
        foreach (int bits in Devices.VectorBits)
        {
            Real[] y = draws.Ordinary(taken * columns);
            fixed (Real* px = x, py = y)
            fixed (int* pfrom = from)
                Sweep.Rows(new CopyRows(px, stride, pfrom, py, columns), 0, taken, columns, bits);
            for (int i = 0; i < y.Length; i++)
                Assert.Equal(from[i / columns] < 0 ? 0 : x[(from[i / columns] * stride) + (i % columns)], y[i]);
        }
    }

    [Property]
    public void Columns_pushed_together_and_pulled_apart_are_where_they_were(Seed seed)
    {
        Draws draws = new(seed);
        (int rows, int columns) = (1 + draws.Below(140), 1 + draws.Below(80));
        int stride = columns + draws.Below(3);
        int[] units = [.. draws.Subset(columns)];
        int[] places = [.. Enumerable.Range(0, columns).Select(column => Array.IndexOf(units, column))];
        Real[] whole = draws.Any(rows * stride);
        foreach (int bits in Devices.VectorBits)
        {
            Real[] x = [.. whole, .. new Real[VectorLength]], y = draws.Ordinary(rows * columns), scratch = new Real[VectorLength];
            fixed (Real* px = x, py = y, pscratch = scratch)
            fixed (int* pplaces = places)
            {
                Sweep.Over(new PushTogether(px, stride, rows, pplaces, pscratch), 0, columns, bits);
                for (int row = 0; row < rows; row++)
                {
                    for (int i = 0; i < units.Length; i++)
                        Assert.Equal(whole[(row * stride) + units[i]], x[(row * stride) + i]);
                    Assert.Equal(
                        whole.AsSpan((row * stride) + columns, stride - columns), x.AsSpan((row * stride) + columns, stride - columns));
                }

                Sweep.Over(new PullApart(px, stride, null, rows, pplaces, py, columns, pscratch), 0, columns, bits);
            }

            for (int i = 0; i < y.Length; i++)
                Assert.Equal(places[i % columns] < 0 ? 0 : whole[(i / columns * stride) + (i % columns)], y[i]);
        }
    }

    [Property]
    public void Rows_pulled_apart_come_from_their_places(Seed seed)
    {
        Draws draws = new(seed);
        (int rows, int height, int columns) = (1 + draws.Below(20), 1 + draws.Below(40), 1 + draws.Below(80));
        int[] units = [.. draws.Subset(columns)];
        int stride = Math.Max(1, units.Length);
        int[] places = [.. Enumerable.Range(0, columns).Select(column => Array.IndexOf(units, column))];
        int[] from = [.. Enumerable.Range(0, height).Select(_ => draws.Below(rows + 1) - 1)];
        Real[] x = draws.Any((rows * stride) + VectorLength);
        foreach (int bits in Devices.VectorBits)
        {
            Real[] y = draws.Ordinary(height * columns), scratch = new Real[VectorLength];
            fixed (Real* px = x, py = y, pscratch = scratch)
            fixed (int* pfrom = from, pplaces = places)
                Sweep.Over(new PullApart(px, stride, pfrom, height, pplaces, py, columns, pscratch), 0, columns, bits);
            for (int i = 0; i < y.Length; i++)
            {
                (int row, int place) = (from[i / columns], places[i % columns]);
                Assert.Equal(row < 0 || place < 0 ? 0 : x[(row * stride) + place], y[i]);
            }
        }
    }
}
