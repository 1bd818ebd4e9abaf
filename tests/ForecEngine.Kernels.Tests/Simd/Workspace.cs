// The memory of one device for one test case. Every block has guard elements on both sides, filled with a mark, so that inputs are
// unaligned and Contents shows writes outside an output.

namespace ForecEngine.Kernels.Tests.Simd;

/// <summary>The arguments of an operation in a test, and its results.</summary>
public sealed class Workspace(IDevice device)
{
    private const int Before = 3;
    private const int After = 17;
    /// <summary>The value of the guard elements.</summary>
    public const Real Mark = 777;

    private readonly List<Storage<Real>> _blocks = [];

    /// <summary>The device.</summary>
    public IDevice Device => device;

    /// <summary>A vector of these values.</summary>
    public Slice<Real> Vector(Real[] values)
    {
        Storage<Real> block = device.Allocate<Real>(Before + values.Length + After);
        Real[] marked = new Real[block.Length];
        Array.Fill(marked, Mark);
        values.CopyTo(marked, Before);
        block.Write(0, marked);
        _blocks.Add(block);
        return block.Slice(Before, values.Length);
    }

    /// <summary>A matrix of these values.</summary>
    public Matrix Matrix(int rows, int columns, Real[] values) => new(Vector(values), rows, columns);

    /// <summary>A vector of these values, or an empty one.</summary>
    public Slice<Real> VectorIf(bool wanted, Real[] values) => wanted ? Vector(values) : default;

    /// <summary>A matrix of these values, or one of the same shape without elements.</summary>
    public Matrix MatrixIf(bool wanted, int rows, int columns, Real[] values) =>
        wanted ? Matrix(rows, columns, values) : new(default, rows, columns);

    /// <summary>These row numbers.</summary>
    public RowIds Rows(int[] rows) => RowIds.Write(device.Allocate<int>(Before + rows.Length).Slice(Before, rows.Length), rows);

    /// <summary>Every block, marks included, one after another.</summary>
    public Real[] Contents()
    {
        Real[] contents = new Real[_blocks.Sum(block => block.Length)];
        int start = 0;
        foreach (Storage<Real> block in _blocks)
        {
            block.Read(0, contents.AsSpan(start, block.Length));
            start += block.Length;
        }

        return contents;
    }
}
