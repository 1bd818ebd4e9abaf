// The units of a layer that a block of samples goes on with. Of a trained tower's units about half are 0 in every sample of a block: such
// an idle unit adds nothing to the layer above, takes no gradient and hands none down, for its products are all of zeros. So a block
// pushes the columns of the others together (ActiveColumns.cs) and goes on with those, up and down again. What is left is multiplied and
// added in the same order, so that every result is the same, bit for bit, as long as all numbers are finite (NetworkJob.IsOrdinary).
//
// Idle units that there are too few of to make a product smaller keep their columns, but their weights count as 0: weight decay takes the
// weights that lead on from a dead unit to nothing, and subnormal numbers take some processors a hundred times as long.

namespace ForecEngine.Kernels.Fused;

/// <summary>The columns of a block's activations after a layer. A list of it lies in memory that its owner gives.</summary>
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

    /// <summary>How many units there are, idle ones too.</summary>
    public int All { get; }

    /// <summary>How many columns a sum over units goes over: the first ones.</summary>
    public int Count { get; }

    /// <summary>How many columns a matrix of adjoints has. Those beyond <see cref="Count"/> fill a vector; what is in them is never read.</summary>
    public int Columns { get; }

    /// <summary>The unit of each column, ascending, or -1 where it counts as 0; null where each unit has its column.</summary>
    public int* Units { get; }

    /// <summary>The column of each unit, or -1 where it has none; null where each unit has its own.</summary>
    public int* Places { get; }

    /// <summary>Overwrites by 0 what is in columns that count as 0.</summary>
    /// <param name="x">A matrix with <see cref="Columns"/> columns.</param>
    /// <param name="stride">How far its rows are apart.</param>
    /// <param name="rows">How many it has.</param>
    public void ClearIdle(Real* x, nint stride, int rows)
    {
        for (int column = 0; Units is not null && column < Columns; column++)
        {
            for (int row = 0; Units[column] < 0 && row < rows; row++)
                x[(row * stride) + column] = 0;
        }
    }

    /// <summary>How many integers a list takes.</summary>
    public static int Length(int units) => 2 + (2 * units);

    /// <summary>Every unit.</summary>
    public static ActiveUnits Each(int units) => new(null, units);

    /// <summary>What a list holds.</summary>
    public static ActiveUnits Of(int* list, int units) => new(list, units);

    /// <summary>Overwrites a list: no unit is idle.</summary>
    public static void ListAll(int* list) => list[0] = -1;

    /// <summary>Overwrites a list: of the first units, those are idle whose sum over the block is 0, for what a rectifier gave is never negative.</summary>
    /// <param name="list">The list.</param>
    /// <param name="sums">The sum of each of the first units.</param>
    /// <param name="rectified">How many may be idle.</param>
    /// <param name="units">How many units there are.</param>
    /// <param name="mayMove">Whether columns may be pushed together.</param>
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
