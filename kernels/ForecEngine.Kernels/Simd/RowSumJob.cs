// Sums of rows as one job. A chunk is one of the sums: its groups begin as 0 and gather the rows in the order of the positions, in
// which the adjoint lies. A loop over each group's own positions would jump about, and end where nothing foretells it.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>Some sums of rows.</summary>
internal readonly unsafe struct RowSumJob(RowSumPointers* sums) : IChunked
{
    /// <inheritdoc/>
    public void Run(int chunk, int worker) => sums[chunk].Run();
}

/// <summary>A sum of rows in the host's memory, of which everything has been checked.</summary>
internal readonly unsafe struct RowSumPointers(in RowSum sum, int bits)
{
    private readonly Real* _dy = sum.Dy.Values.Pointer;
    private readonly Real* _gradient = sum.Gradient.Values.Pointer;
    private readonly int* _groups = sum.Groups.Groups.Pointer;
    private readonly int _length = sum.Gradient.Values.Length;
    private readonly int _rows = sum.Dy.Rows;
    private readonly int _columns = sum.Dy.Columns;
    private readonly int _bits = bits;

    /// <summary>Sums.</summary>
    public void Run()
    {
        new Span<Real>(_gradient, _length).Clear();
        RowSweep.Over(new AddToGroupRow(_dy, _groups, _gradient, _columns), 0, _rows, _columns, _bits);
    }
}

internal readonly unsafe struct AddToGroupRow(Real* dy, int* groups, Real* gradient, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        EmbeddingRows.AddToGroup<TLane, HostMemory<TLane>, HostIndices>(new(dy), new(groups), new(gradient), columns, row, column);
}
