// Sums of rows as one job. A chunk is one table's sums. They start at 0, and rows are added to them in the order of the positions, which is
// the order in memory. A loop over the positions of each group would read memory at random and mispredict its loop ends. A single group,
// such as the market of a minibatch, is summed in a register: in memory, each addition would wait for the store of the one before.

namespace ForecEngine.Kernels.Simd;

/// <summary>The sums of some tables' rows.</summary>
internal readonly unsafe struct RowSumJob(RowSumPointers* sums) : IChunked
{
    public void Run(int chunk, int worker) => sums[chunk].Run();
}

/// <summary>The sums of a gradient's positions by rows, in the host's memory. Shapes have been checked.</summary>
internal readonly unsafe struct RowSumPointers
{
    private readonly Real* _dy;
    private readonly int* _groups;
    private readonly int _length;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _bits;

    /// <summary>The sums of groups of positions.</summary>
    /// <param name="dy">The gradient of each position.</param>
    /// <param name="groups">The positions, grouped.</param>
    /// <param name="gradient">Overwritten with one row per group.</param>
    /// <param name="bits">The widest vectors.</param>
    public RowSumPointers(Matrix dy, RowGroups groups, Slice<Real> gradient, int bits)
    {
        (_length, _rows, _columns, _bits, Count) = (gradient.Length, dy.Rows, dy.Columns, bits, groups.Count);
        _dy = dy.Values.Pointer;
        _groups = groups.Groups.Pointer;
        Gradient = gradient.Pointer;
        Rows = groups.Rows.Pointer;
    }

    /// <summary>Positions of distinct rows, which are the sums as they are.</summary>
    /// <param name="dy">The gradient of each position.</param>
    /// <param name="rows">The row of each position.</param>
    public RowSumPointers(Matrix dy, RowIds rows)
    {
        Gradient = dy.Values.Pointer;
        Rows = rows.Values.Pointer;
        Count = rows.Count;
    }

    /// <summary>The sums, one row per group.</summary>
    public Real* Gradient { get; }

    /// <summary>The table row of each group; ascending, unless the positions are the sums.</summary>
    public int* Rows { get; }

    /// <summary>The number of groups.</summary>
    public int Count { get; }

    /// <summary>Sums.</summary>
    public void Run()
    {
        if (_length == 0)
            return;
        new Span<Real>(Gradient, _length).Clear();
        Sweep.Over(new SumGroupsSweep(_dy, _groups, Gradient, _rows, _columns, _length == _columns), 0, _columns, _bits);
    }
}

/// <summary>
/// gradient[groups[position], i..] += dy[position, i..]: from 0, in the order of the positions, as <see cref="EmbeddingRows.AddPosition"/>.
/// </summary>
internal readonly unsafe struct SumGroupsSweep(Real* dy, int* groups, Real* gradient, int rows, int columns, bool single) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane>
    {
        // In bounds: the lane lies within the columns, and each group is a row of the gradient.
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
