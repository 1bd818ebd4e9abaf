// A matrix in a device's memory.

namespace ForecEngine.Kernels;

/// <summary>A matrix in a device's memory, row by row.</summary>
public readonly struct Matrix
{
    /// <summary>A matrix over exactly rows x columns elements, or over no elements for an absent matrix.</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or an extent is negative.</exception>
    public Matrix(Slice<Real> values, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (values.Length != (long)rows * columns && !values.IsEmpty)
            throw new ArgumentException($"a matrix of {rows} x {columns} cannot have {values.Length} elements", nameof(values));
        Values = values;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The elements, row by row.</summary>
    public Slice<Real> Values { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }
}
