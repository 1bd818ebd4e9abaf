// A matrix product over strided host memory: of whole matrices, or of parts of one, as the factorisation of a matrix needs them
// (Ops/MatrixProduct.cs and Simd/CholeskyInverse.cs). A transposed factor is one with its strides exchanged.

namespace ForecEngine.Kernels.Simd;

/// <summary>C = A B, or C = -A B, C += A B, C -= A B.</summary>
/// <remarks>
/// The caller checks the bounds, for r &lt; Rows, c &lt; Columns and k &lt; Depth: A is read at r ARow + k AStep, B is read at
/// k BStep + c BColumn, C is written at r CRow + c. C shares no memory with A and B, except where a caller says why this is right.
/// </remarks>
internal unsafe struct StridedProduct
{
    public Real* A;
    public nint ARow;
    public nint AStep;
    public Real* B;
    public nint BStep;
    public nint BColumn;
    public Real* C;
    public nint CRow;
    public int Rows;
    public int Columns;
    public int Depth;
    public ProductEnd End;

    /// <summary>Whether only the elements with c &lt;= r are computed.</summary>
    public bool IsLower;

    /// <summary>The part of some rows and columns of C and of some of the depth.</summary>
    public readonly StridedProduct Part(int row, int rows, int column, int columns, int step, int depth) => this with
    {
        A = A + (row * ARow) + (step * AStep),
        B = B + (step * BStep) + (column * BColumn),
        C = C + (row * CRow) + column,
        Rows = rows,
        Columns = columns,
        Depth = depth,
    };

    /// <summary>Computes one element: the specification.</summary>
    public readonly void Element(int row, int column) => MatrixProduct.Element<ScalarLane, HostMemory<ScalarLane>>(
        new(A), (int)ARow, (int)AStep, new(B), (int)BStep, (int)BColumn, new(C), (int)CRow, Depth, row, column, End);
}
