// Which units a block goes on with, and in which columns.

using ForecEngine.Kernels.Fused;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Kernels.Tests.Fused;

[Properties(Arbitrary = [typeof(Inputs)])]
public sealed unsafe class ActiveUnitsTests
{
    [Property]
    public void A_list_has_every_unit_that_is_not_idle_in_order(Seed seed)
    {
        Draws draws = new(seed);
        int all = 1 + draws.Below(100), rectified = draws.Below(all + 1), idleIn8 = draws.Below(9);
        Real[] sums = [.. Enumerable.Range(0, all).Select(_ => draws.Below(8) < idleIn8 ? 0 : (Real)draws.Between(0, 2))];
        int[] active = [.. Enumerable.Range(0, all).Where(unit => unit >= rectified || sums[unit] != 0)];
        foreach (bool mayMove in (ReadOnlySpan<bool>)[false, true])
        {
            int[] list = new int[ActiveUnits.Length(all)];
            fixed (int* plist = list)
            fixed (Real* psums = sums)
            {
                ActiveUnits.List(plist, psums, rectified, all, mayMove);
                ActiveUnits units = ActiveUnits.Of(plist, all);
                Assert.Equal(all, units.All);
                Assert.Equal(active.Length == all, units.Units is null);
                bool isSmaller = mayMove && Columns(active.Length) < all;
                Assert.Equal(isSmaller && active.Length < all, units.Places is not null);
                Assert.Equal(isSmaller ? active.Length : all, units.Count);
                Assert.Equal(isSmaller ? Columns(active.Length) : all, units.Columns);
                if (units.Units is null)
                    continue;

                int[] expected = isSmaller
                    ? [.. active, .. Enumerable.Repeat(-1, units.Columns - units.Count)]
                    : [.. Enumerable.Range(0, all).Select(unit => active.Contains(unit) ? unit : -1)];
                Assert.Equal(expected, new ReadOnlySpan<int>(units.Units, units.Columns));
                if (isSmaller)
                    Assert.Equal(
                        Enumerable.Range(0, all).Select(unit => Array.IndexOf(active, unit)),
                        new ReadOnlySpan<int>(units.Places, all).ToArray());
            }
        }
    }

    [Property]
    public void Columns_that_count_as_0_are_cleared(Seed seed)
    {
        Draws draws = new(seed);
        (int rows, int all) = (1 + draws.Below(20), 1 + draws.Below(40));
        int stride = all + draws.Below(3);
        Real[] x = draws.Ordinary(rows * stride), cleared = [.. x], sums = [.. Enumerable.Range(0, all).Select(_ => (Real)draws.Below(2))];
        int[] list = new int[ActiveUnits.Length(all)];
        fixed (Real* px = cleared, psums = sums)
        fixed (int* plist = list)
        {
            ActiveUnits.List(plist, psums, all, all, mayMove: false);
            ActiveUnits.Of(plist, all).ClearIdle(px, stride, rows);
        }

        for (int i = 0; i < x.Length; i++)
            Assert.Equal(i % stride < all && sums[i % stride] == 0 ? 0 : x[i], cleared[i]);
    }

    [Fact]
    public void Each_unit_has_its_column()
    {
        ActiveUnits units = ActiveUnits.Each(12);
        Assert.Equal((12, 12, 12), (units.All, units.Count, units.Columns));
        Assert.True(units.Units is null && units.Places is null);
        int list = 5;
        ActiveUnits.ListAll(&list);
        Assert.Equal(units, ActiveUnits.Of(&list, 12));
    }

    private static int Columns(int count) => 16 * (int)Math.Ceiling(count / 16.0);
}
