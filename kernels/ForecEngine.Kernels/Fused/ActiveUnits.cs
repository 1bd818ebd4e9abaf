// The active units of a layer, for a block of samples. About half the units of a trained tower are 0 in every sample of a block. Such an
// idle unit adds nothing to the layer above, has no gradient and passes none down: all its products are 0. So a block moves the columns of
// the active units together (ActiveColumns.cs) and computes with those, forward and backward. The remaining products are added in the same
// order, so every result has the same bits, as long as all numbers are finite (NetworkJob.IsOrdinary).
//
// Where there are too few idle units to make a product smaller, they keep their columns, but their weights count as 0. Weight decay makes
// the weights that leave a dead unit subnormal, and on some processors arithmetic with subnormal numbers takes a hundred times as long.

namespace ForecEngine.Kernels.Fused;

/// <summary>The columns of a block's activations after a layer, as a list in the caller's memory.</summary>
internal readonly unsafe struct ActiveUnits
{
    // A list: the count, the columns, the unit of each column, the column of each unit.
    private ActiveUnits(int* list, int all)
    {
        All = all;
        bool areAll = list is null || list[0] < 0;
        Count = areAll ? all : list[0];
        Columns = areAll ? all : list[1];
        Units = areAll ? null : list + 2;
        Places = areAll || list[1] == all ? null : list + 2 + all;
    }

    /// <summary>The number of units, active and idle.</summary>
    public int All { get; }

    /// <summary>The number of columns that a sum over units includes: the first ones.</summary>
    public int Count { get; }

    /// <summary>The number of columns of a matrix of adjoints. Those past <see cref="Count"/> fill a vector and are never read.</summary>
    public int Columns { get; }

    /// <summary>The unit of each column, ascending, or -1 where it counts as 0; null where each unit has its column.</summary>
    public int* Units { get; }

    /// <summary>The column of each unit, or -1 where it has none; null where each unit has its own.</summary>
    public int* Places { get; }

    /// <summary>Sets the columns that count as 0 to 0.</summary>
    /// <param name="x">A matrix with <see cref="Columns"/> columns.</param>
    /// <param name="stride">The distance between its rows.</param>
    /// <param name="rows">The number of rows.</param>
    public void ClearIdle(Real* x, nint stride, int rows)
    {
        for (int column = 0; Units is not null && column < Columns; column++)
        {
            for (int row = 0; Units[column] < 0 && row < rows; row++)
                x[(row * stride) + column] = 0;
        }
    }

    /// <summary>The number of integers in a list.</summary>
    public static int Length(int units) => 2 + (2 * units);

    /// <summary>Every unit.</summary>
    public static ActiveUnits Each(int units) => new(null, units);

    /// <summary>The units that a list holds.</summary>
    public static ActiveUnits Of(int* list, int units) => new(list, units);

    /// <summary>Overwrites a list: no unit is idle.</summary>
    public static void ListAll(int* list) => list[0] = -1;

    /// <summary>
    /// Overwrites a list. Of the first units, those are idle that sum to 0 over the block: the output of a rectifier is never negative.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="sums">The sum of each of the first units.</param>
    /// <param name="rectified">The number of units that come from a rectifier, and so may be idle.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="mayMove">Whether columns may be moved together.</param>
    public static void List(int* list, Real* sums, int rectified, int units, bool mayMove)
    {
        int* active = list + 2, places = active + units;
        int count = 0;
        for (int unit = 0; unit < units; unit++)
        {
            bool isIdle = unit < rectified && sums[unit] == 0;
            active[count] = unit;
            places[unit] = isIdle ? -1 : count;
            count += isIdle ? 0 : 1;
        }

        int columns = (count + 15) & ~15; // a product over columns is done in vectors of 16
        if (count == units)
        {
            ListAll(list);
        }
        else if (mayMove && columns < units)
        {
            (list[0], list[1]) = (count, columns);
            new Span<int>(active + count, columns - count).Fill(-1);
        }
        else
        {
            (list[0], list[1]) = (units, units);
            for (int unit = 0; unit < units; unit++)
                active[unit] = places[unit] < 0 ? -1 : unit;
        }
    }
}
