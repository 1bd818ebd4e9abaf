// Sums of rows as one job. A chunk is a run of one sum's groups: their sums begin as 0 and gather the rows position by position,
// as the groups lie. A loop over each group's own would end where nothing foretells it, at a group or two.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>Some sums of rows, in the host's memory, of which everything has been checked.</summary>
internal readonly unsafe struct RowSumJob(RowSumPointers* sums, int bits) : IChunked
{
    /// <inheritdoc/>
    public void Run(int chunk)
    {
        RowSumPointers* sum = sums;
        for (; chunk >= sum->Chunks; sum++)
            chunk -= sum->Chunks;
        sum->Run(chunk, bits);
    }
}

/// <summary>One sum of rows.</summary>
internal readonly unsafe struct RowSumPointers
{
    private const int ChunkElements = 1 << 11;

    private readonly Real* _dy;
    private readonly int* _starts;
    private readonly int* _positions;
    private readonly int* _groups;
    private readonly Real* _gradient;
    private readonly int _count;
    private readonly int _columns;

    public RowSumPointers(in RowSum sum)
    {
        _dy = sum.Dy.Values.Pointer;
        _starts = sum.Groups.Starts.Pointer;
        _positions = sum.Groups.Positions.Pointer;
        _groups = sum.Groups.Groups.Pointer;
        _gradient = sum.Gradient.Values.Pointer;
        (_count, _columns) = (sum.Groups.Count, sum.Dy.Columns);
    }

    /// <summary>How many chunks there are.</summary>
    public int Chunks => (_count + ChunkGroups - 1) / ChunkGroups;

    private int ChunkGroups => Math.Max(1, ChunkElements / Math.Max(1, _columns));

    /// <summary>Runs one chunk.</summary>
    public void Run(int chunk, int bits)
    {
        int first = chunk * ChunkGroups, last = Math.Min(_count, first + ChunkGroups);
        new Span<Real>(_gradient + ((nint)first * _columns), (last - first) * _columns).Clear();
        RowSweep.Over(new AddPositionRow(_dy, _positions, _groups, _gradient, _columns), _starts[first], _starts[last], _columns, bits);
    }
}

internal readonly unsafe struct AddPositionRow(Real* dy, int* positions, int* groups, Real* gradient, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        EmbeddingRows.AddToGroup<TLane, HostMemory<TLane>, HostIndices>(new(dy), new(positions), new(groups), new(gradient), columns, row, column);
}
