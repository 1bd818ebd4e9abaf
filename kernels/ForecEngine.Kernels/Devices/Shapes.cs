// What the checks before every operation consist of (OperationShapes). Kernels rely on them and check no bounds themselves.

namespace ForecEngine.Kernels;

/// <summary>Checks of the shape of one argument, which their messages name.</summary>
internal static class Shapes
{
    /// <summary>Throws unless <paramref name="slice"/> has <paramref name="length"/> elements, or is empty and optional.</summary>
    public static void Require<T>(
        Slice<T> slice, int length, bool optional = false, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged
    {
        if (slice.Length != length && !(optional && slice.IsEmpty))
            throw new ArgumentException($"{name} has {slice.Length} elements, but {length} are needed", name);
    }

    /// <summary>Throws unless <paramref name="matrix"/> is rows x columns, or is empty and optional.</summary>
    public static void Require(
        Matrix matrix, int rows, int columns, bool optional = false, [CallerArgumentExpression(nameof(matrix))] string name = "")
    {
        if (optional && matrix.Values.IsEmpty)
            return;
        if (matrix.Rows != rows || matrix.Columns != columns)
            throw new ArgumentException($"{name} is {matrix.Rows} x {matrix.Columns}, but {rows} x {columns} is needed", name);
        Require(matrix, name);
    }

    /// <summary>Throws if <paramref name="matrix"/> has a shape but no elements.</summary>
    public static void Require(Matrix matrix, [CallerArgumentExpression(nameof(matrix))] string name = "")
    {
        if (matrix.Values.Length != (long)matrix.Rows * matrix.Columns)
            throw new ArgumentException($"{name} is {matrix.Rows} x {matrix.Columns}, but its elements are missing", name);
    }

    /// <summary>Throws unless every row is inside a table of <paramref name="count"/> rows.</summary>
    public static void Require(RowIds rows, int count, [CallerArgumentExpression(nameof(rows))] string name = "")
    {
        if (rows.Count > 0 && rows.Bound > count)
            throw new ArgumentOutOfRangeException(name, $"row {rows.Bound - 1} is not in a table of {count} rows");
    }
}
