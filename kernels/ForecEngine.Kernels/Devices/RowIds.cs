// Indices of table rows. They are checked once, when they are created, and carry an upper bound: an operation compares the bound with its
// table and never reads the indices back from the device.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>Row numbers in a device's memory, each at least 0 and less than <see cref="Bound"/>.</summary>
public readonly struct RowIds
{
    private RowIds(Slice<int> values, int bound, Slice<long> sorted, bool areDistinct) =>
        (Values, Bound, Sorted, AreDistinct) = (values, bound, sorted, areDistinct);

    /// <summary>The row numbers.</summary>
    public Slice<int> Values { get; }

    /// <summary>A number greater than every row number.</summary>
    public int Bound { get; }

    /// <summary>Their positions sorted by row (<see cref="IDevice.SortRows"/>); empty if they have not been sorted.</summary>
    public Slice<long> Sorted { get; }

    /// <summary>Whether it is known that no row number occurs twice; a gradient by such rows needs no sums.</summary>
    public bool AreDistinct { get; }

    /// <summary>The number of row numbers.</summary>
    public int Count => Values.Length;

    /// <summary>Writes row numbers to the first elements of a slice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row number is negative; nothing is written.</exception>
    public static RowIds Write(Slice<int> destination, ReadOnlySpan<int> rows)
    {
        int largest = rows.IsEmpty ? -1 : (int)Math.Min(int.MaxValue, TensorPrimitives.Max(MemoryMarshal.Cast<int, uint>(rows)));
        if (largest == int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(rows), $"expects row numbers of at least 0, got {TensorPrimitives.Min(rows)}");
        destination.Write(rows);
        return new RowIds(destination.Part(0, rows.Length), largest + 1, default, areDistinct: false);
    }

    /// <summary>Writes row numbers, none of them twice, to the first elements of a slice.</summary>
    /// <exception cref="ArgumentException">A row number occurs twice or is negative; nothing is written.</exception>
    public static RowIds WriteDistinct(Slice<int> destination, ReadOnlySpan<int> rows)
    {
        HashSet<int> seen = new(rows.Length);
        foreach (int row in rows)
        {
            if (!seen.Add(row))
                throw new ArgumentException($"row {row} occurs twice", nameof(rows));
        }

        RowIds ids = Write(destination, rows);
        return new RowIds(ids.Values, ids.Bound, default, areDistinct: true);
    }

    /// <summary>Row numbers that are already in memory. The caller guarantees the bound; kernels do not check it again.</summary>
    /// <param name="rows">The row numbers.</param>
    /// <param name="bound">A number greater than every row number.</param>
    /// <param name="sorted">Their positions sorted by row, if they have been sorted.</param>
    /// <param name="areDistinct">Whether the caller guarantees that none occurs twice.</param>
    public static RowIds Known(Slice<int> rows, int bound, Slice<long> sorted = default, bool areDistinct = false) =>
        new(rows, bound, sorted, areDistinct);
}
