// The checks that stand before every operation: a kernel reads and writes only what has been checked here.

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        if (optional && matrix.Values.IsEmpty)
            return;
        if (matrix.Rows != rows || matrix.Columns != columns)
            throw new ArgumentException($"{name} is {matrix.Rows} x {matrix.Columns} where {rows} x {columns} is needed", name);
        Require(matrix, name);
    }

    /// <summary>Throws where <paramref name="matrix"/> has a shape but no elements to go with it.</summary>
    public static void Require(Matrix matrix, [CallerArgumentExpression(nameof(matrix))] string name = "")
    {
        if (matrix.Values.Length != (long)matrix.Rows * matrix.Columns)
            throw new ArgumentException($"{name} is {matrix.Rows} x {matrix.Columns}, but its elements are missing", name);
    }

    /// <summary>Throws unless every row is inside a table of <paramref name="count"/> rows and larger than the one before it.</summary>
    public static void RequireAscendingRows(ReadOnlySpan<int> rows, int count)
    {
        RequireRows(rows, count);
        int i = 1;
        while (i <= rows.Length - Vector<int>.Count && Vector.GreaterThanAll(new Vector<int>(rows[i..]), new Vector<int>(rows[(i - 1)..])))
            i += Vector<int>.Count;
        for (; i < rows.Length; i++)
        {
            if (rows[i] <= rows[i - 1])
                throw new ArgumentException($"rows must ascend: row {rows[i]} comes after row {rows[i - 1]}", nameof(rows));
        }
    }

    /// <summary>Throws unless every row is inside a table of <paramref name="count"/> rows.</summary>
    public static void RequireRows(ReadOnlySpan<int> rows, int count)
    {
        // The largest of them as an unsigned number tells in one vector pass whether any is outside.
        if (rows.IsEmpty || TensorPrimitives.Max(MemoryMarshal.Cast<int, uint>(rows)) < (uint)count)
            return;
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)count)
                throw new ArgumentOutOfRangeException(nameof(rows), $"row {row} is not in a table of {count} rows");
        }
    }
}
