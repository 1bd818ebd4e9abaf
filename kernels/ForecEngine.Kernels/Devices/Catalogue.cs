// The items that compete in a softmax (Ops/SoftmaxLoss.cs), which are rows of tables and not copied.

namespace ForecEngine.Kernels;

/// <summary>Items as rows of a table of vectors and of a table of biases.</summary>
/// <param name="Vectors">The table of vectors.</param>
/// <param name="Rows">The row of each item's vector.</param>
/// <param name="Biases">The table of biases.</param>
/// <param name="BiasRows">The row of each item's bias.</param>
public readonly record struct Catalogue(Matrix Vectors, RowIds Rows, Slice<Real> Biases, RowIds BiasRows)
{
    /// <summary>The number of items.</summary>
    public int Count => Rows.Count;

    /// <summary>Throws <see cref="ArgumentException"/> if shapes do not fit each other, the vectors x and their targets.</summary>
    internal void Check(Matrix x, RowIds targets)
    {
        Shapes.Require(x);
        Shapes.Require(Vectors, Vectors.Rows, x.Columns);
        Shapes.Require(Rows, Vectors.Rows);
        Shapes.Require(BiasRows, Biases.Length);
        Shapes.Require(BiasRows.Values, Count);
        Shapes.Require(targets, Count);
        Shapes.Require(targets.Values, x.Rows);
    }
}

/// <summary>A catalogue in host memory, whose shapes have been checked.</summary>
internal unsafe struct CataloguePointers
{
    public Real* Vectors;
    public int* Rows;
    public Real* Biases;
    public int* BiasRows;
    public int Count;
    public int Dimension;

    /// <summary>The vector of an item.</summary>
    public readonly Real* Vector(int item) => Vectors + ((nint)Rows[item] * Dimension);

    /// <summary>The bias of an item.</summary>
    public readonly Real Bias(int item) => Biases[BiasRows[item]];
}
