// The checks that stand before every operation: a kernel reads and writes only what has been checked here.

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels;

/// <summary>Checks of the shapes that operations are given.</summary>
internal static class Shapes
{
    /// <summary>Throws unless <paramref name="slice"/> has <paramref name="length"/> elements, or is empty and may be.</summary>
    public static void Require<T>(Slice<T> slice, int length, bool optional = false, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged
    {
        if (slice.Length != length && !(optional && slice.IsEmpty))
            throw new ArgumentException($"{name} has {slice.Length} elements where {length} are needed", name);
    }

    /// <summary>Throws unless <paramref name="matrix"/> is rows x columns, or is empty and may be.</summary>
    public static void Require(Matrix matrix, int rows, int columns, bool optional = false, [CallerArgumentExpression(nameof(matrix))] string name = "")
    {
        bool fits = matrix.Rows == rows && matrix.Columns == columns && matrix.Values.Length == rows * columns;
        if (!fits && !(optional && matrix.Values.IsEmpty))
            throw new ArgumentException($"{name} is {matrix.Rows} x {matrix.Columns} where {rows} x {columns} is needed", name);
    }

    /// <summary>Throws unless every row is inside a table of <paramref name="count"/> rows.</summary>
    public static void RequireRows(ReadOnlySpan<int> rows, int count)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)count)
                throw new ArgumentOutOfRangeException(nameof(rows), $"row {row} is not in a table of {count} rows");
        }
    }
}
