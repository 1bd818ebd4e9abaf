// A rectangle of a matrix in a device's memory, for algorithms that work block by block.

namespace ForecEngine.Kernels;

/// <summary>A rectangle of a matrix. Its rows are <paramref name="stride"/> apart.</summary>
internal readonly struct Block(Slice<Real> values, int start, int stride, int rows, int columns)
{
    /// <summary>All of a matrix.</summary>
    public Block(Matrix matrix)
        : this(matrix.Values, 0, matrix.Columns, matrix.Rows, matrix.Columns)
    {
    }

    /// <summary>The elements of the matrix.</summary>
    public Slice<Real> Values => values;

    /// <summary>The index of the first element.</summary>
    public int Start => start;

    /// <summary>The distance of rows.</summary>
    public int Stride => stride;

    /// <summary>The number of rows.</summary>
    public int Rows => rows;

    /// <summary>The number of columns.</summary>
    public int Columns => columns;

    /// <summary>Whether it has no elements.</summary>
    public bool IsEmpty => rows == 0 || columns == 0;

    /// <summary>The address of the first element in host memory.</summary>
    public unsafe Real* Pointer => IsEmpty ? null : values.Pointer + start;

    /// <summary>A rectangle inside this one.</summary>
    public Block Part(int row, int count, int column, int width) => row + count <= rows && column + width <= columns
        ? new Block(values, start + (row * stride) + column, stride, count, width)
        : throw new ArgumentOutOfRangeException(
            nameof(row), $"rows {row} + {count} and columns {column} + {width} are not inside {rows} x {columns}");
}

/// <summary>A device that also computes with blocks.</summary>
internal interface IBlockDevice : IDevice
{
    /// <summary>
    /// c = a b, c = -a b, c += a b or c -= a b, with transposed factors; only the elements with column &lt;= row if it is lower.
    /// </summary>
    void Multiply(Block a, Block b, Block c, Transposed transposed, ProductEnd end, bool isLower = false);

    /// <summary>
    /// Factors a small block as <see cref="Ops.CholeskyFactor"/> does. The first pivot of the matrix that is not positive is written to
    /// <paramref name="failure"/>, unless there is one already.
    /// </summary>
    /// <param name="a">The block; its lower half is overwritten with the factor.</param>
    /// <param name="inverse">The lower half is overwritten with the factor's inverse.</param>
    /// <param name="pivot">The number of the block's first pivot in the matrix.</param>
    /// <param name="failure">The pivot's number plus 1, and its value.</param>
    void Factor(Block a, Block inverse, int pivot, Slice<Real> failure);

    /// <summary>Copies the lower half of a square block to its upper half.</summary>
    void Mirror(Block a);
}
