// Ids that name rows of tables. They are checked once, where they enter, and carry their bound from then on: an operation compares the
// bound with its table and never reads the ids back from the device.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>Row numbers in a device's memory, each at least 0 and less than <see cref="Bound"/>.</summary>
public readonly struct RowIds
{
    private RowIds(Slice<int> values, int bound) => (Values, Bound) = (values, bound);

    /// <summary>The row numbers.</summary>
    public Slice<int> Values { get; }

    /// <summary>A number greater than every row number.</summary>
    public int Bound { get; }

    /// <summary>How many there are.</summary>
    public int Count => Values.Length;

    /// <summary>Writes row numbers to the first elements of a slice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row number is negative; nothing is written.</exception>
    public static RowIds Write(Slice<int> destination, ReadOnlySpan<int> rows)
    {
        int largest = rows.IsEmpty ? -1 : (int)Math.Min(int.MaxValue, TensorPrimitives.Max(MemoryMarshal.Cast<int, uint>(rows)));
        if (largest == int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(rows), $"row numbers are at least 0; {TensorPrimitives.Min(rows)} is none");
        destination.Write(rows);
        return new RowIds(destination.Part(0, rows.Length), largest + 1);
    }

    /// <summary>
    /// Row numbers that are already in memory. The caller guarantees the bound; kernels do not check it again.
    /// </summary>
    public static RowIds Known(Slice<int> rows, int bound) => new(rows, bound);
}
