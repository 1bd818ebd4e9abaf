// Sums of rows as one job. A chunk is one of the sums: its groups begin as 0 and gather the rows in the order of the positions, in
// which the adjoint lies. A loop over each group's own positions would jump about, and end where nothing foretells it. The sum of a
// single group, as of the markets of a minibatch of one, stays in a register: through memory each addition would wait for the last.

using System.Runtime.CompilerServices;

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
        if (_length == 0)
            return;
        new Span<Real>(_gradient, _length).Clear();
        Sweep.Over(new SumGroupsSweep(_dy, _groups, _gradient, _rows, _columns, _length == _columns), 0, _columns, _bits);
    }
}

/// <summary>
/// gradient[groups[position], i..] += dy[position, i..]: from 0, position after position, what <see cref="Ops.EmbeddingRows.SumGroup"/> sums.
/// </summary>
internal readonly unsafe struct SumGroupsSweep(Real* dy, int* groups, Real* gradient, int rows, int columns, bool single) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane>
    {
        // The lane lies within the columns, and each group is a row of the gradient.
        Real* addend = dy + i, sums = gradient + i;
        if (single)
        {
            TLane sum = TLane.Load(sums);
            for (int position = 0; position < rows; position++, addend += columns)
                sum += TLane.Load(addend);
            TLane.Store(sum, sums);
            return;
        }

        for (nint position = 0; position < rows; position++, addend += columns)
        {
            Real* sum = sums + ((nint)groups[position] * columns);
            TLane.Store(TLane.Load(sum) + TLane.Load(addend), sum);
        }
    }
}
