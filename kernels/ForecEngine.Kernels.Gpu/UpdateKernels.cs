// The kernel of an optimiser's update: one launch moves up to four tables and all small dense parameters. The grid's groups are divided:
// first those of each table, a thread an element; then those of the dense parameters, 32 elements a group and 8 threads an element; then
// one that sums the loss. If a loss is not finite, nothing moves.
//
// A table's gradient is by positions, sorted by row in one or more blocks of keys (SortKernels). A thread adds the positions of its row in
// ascending order. A popular row would be a long chain, so a row with more than 64 positions in a block is summed by the whole group:
// thread t adds every n-th position, and the n sums are added in order. These orders follow from the positions alone, so that a run repeats
// bit for bit.

namespace ForecEngine.Kernels.Gpu;

/// <summary>How a parameter moves that has groups of its own.</summary>
internal enum TableMoves
{
    /// <summary>Every element, by a gradient as large as the parameter, which is cleared.</summary>
    Whole,

    /// <summary>Every row, by the sum over its positions.</summary>
    EveryRow,

    /// <summary>The rows that have positions.</summary>
    TouchedRows,
}

/// <summary>A parameter with groups of its own.</summary>
internal struct TableUpdate
{
    public ArrayView<float> P, M, V, Gradient;
    public ArrayView<long> Keys;
    public int Blocks, BlockLength, Columns;

    /// <summary>The number of threads that have an element.</summary>
    public int Elements;

    /// <summary>The end of its groups.</summary>
    public int End;
    public TableMoves Moves;
}

/// <summary>A dense parameter: offsets in the memory of small tensors. Its size divides the alignment of memory.</summary>
internal struct DensePart
{
    /// <summary>Its groups among the groups of dense parameters: the first one, and the end.</summary>
    public int FirstGroup, EndGroup;
    public int Length;
    public int P, M, V, Gradient;

    /// <summary>The offset of its gradient in a group's sums of the fused step; negative if there are none.</summary>
    public int Sums;
}

/// <summary>The dense parameters, and the sums of gradients that the groups of the fused step left.</summary>
internal struct DenseUpdate
{
    public ArrayView<float> Memory;
    public ArrayView<DensePart> Parts;
    public int PartCount, Groups;
    public ArrayView<float> Sums;
    public int SumCount, SumStride;
}

/// <summary>The losses of a step: their sum is written to a cell if <see cref="IsSummed"/>.</summary>
internal struct StepLosses
{
    public ArrayView<float> Values, Cell;
    public int Count, IsSummed;
}

/// <summary>The body of the update.</summary>
internal static class UpdateKernels
{
    /// <summary>The number of threads of a group.</summary>
    public const int Threads = 256;

    /// <summary>The number of elements of a group of dense parameters. A power of two.</summary>
    public const int DenseElements = 32;

    private const int DenseLanes = Threads / DenseElements;
    private const int DenseBits = 5; // DenseElements = 2^5
    private const int MostInChain = 64;

    /// <summary>Moves parameters by one step of a rule.</summary>
    public static void Update<TRule>(
        TableUpdate a, TableUpdate b, TableUpdate c, TableUpdate d, DenseUpdate dense, StepLosses losses, TRule tableRule, TRule denseRule)
        where TRule : unmanaged, IUpdateRule
    {
        ArrayView<int> flags = SharedMemory.Allocate<int>(3); // a loss is not finite; a row is long; the number of long rows
        ArrayView<int> isOwner = SharedMemory.Allocate<int>(Threads), owners = SharedMemory.Allocate<int>(Threads);
        ArrayView<int> rows = SharedMemory.Allocate<int>(Threads), firsts = SharedMemory.Allocate<int>(Threads);
        ArrayView<float> sums = SharedMemory.Allocate<float>(Threads);
        int thread = Group.IdxX, group = Grid.IdxX;
        if (thread < 3)
            flags[thread] = 0;
        Group.Barrier();
        for (int i = thread; i < losses.Count; i += Threads)
        {
            if (!ReductionKernels.IsFinite(losses.Values[i]))
                flags[0] = 1;
        }

        Group.Barrier();
        bool moves = flags[0] == 0, isTable = group < d.End;
        TableUpdate table = group < a.End ? a : group < b.End ? b : group < c.End ? c : d;
        int tableStart = group < a.End ? 0 : group < b.End ? a.End : group < c.End ? b.End : c.End;
        int element = ((group - tableStart) * Threads) + thread;
        bool hasElement = isTable && element < table.Elements;
        int row = hasElement && table.Moves != TableMoves.Whole ? RowAt(table, element) : -1;
        int column = hasElement ? element % table.Columns : 0;
        int blocks = isTable && table.Moves != TableMoves.Whole ? table.Blocks : 0;
        float sum = hasElement && table.Moves == TableMoves.Whole ? table.Gradient[element] : 0f;
        for (int block = 0; block < blocks; block++)
        {
            int end = (block + 1) * table.BlockLength;
            int first = row < 0 ? end : FirstOf(table.Keys, end - table.BlockLength, end, row);
            bool isLong = row >= 0 && first + MostInChain < end && RowOf(table.Keys[first + MostInChain]) == row;
            if (row >= 0 && !isLong)
            {
                for (int place = first; place < end && RowOf(table.Keys[place]) == row; place++)
                    sum += Adjoint(table, place, column);
            }

            isOwner[thread] = isLong && (column == 0 || thread == 0) ? 1 : 0;
            rows[thread] = row;
            firsts[thread] = first;
            if (isLong)
                flags[1] = 1;
            Group.Barrier();
            if (thread == 0 && flags[1] != 0)
            {
                int found = 0;
                for (int i = 0; i < Threads; i++)
                {
                    owners[found] = i;
                    found += isOwner[i];
                }

                flags[1] = 0;
                flags[2] = found;
            }

            Group.Barrier();
            int count = flags[2];
            for (int i = 0; i < count; i++)
            {
                int owner = owners[i], longRow = rows[owner];
                int firstColumn = (((group - tableStart) * Threads) + owner) % table.Columns;
                int width = Math.Min(table.Columns - firstColumn, Threads - owner), lanes = Threads / width;
                int lane = thread / width, inLane = thread - (lane * width);
                float part = 0f;
                if (lane < lanes)
                {
                    for (int place = firsts[owner] + lane; place < end && RowOf(table.Keys[place]) == longRow; place += lanes)
                        part += Adjoint(table, place, firstColumn + inLane);
                }

                sums[thread] = part;
                Group.Barrier();
                if (row == longRow)
                {
                    for (int other = 0; other < lanes; other++)
                        sum += sums[(other * width) + column - firstColumn];
                }

                Group.Barrier();
            }

            Group.Barrier();
            if (thread == 0)
                flags[2] = 0; // no thread reads it before the next barrier
        }

        int denseGroup = group - d.End;
        bool isDense = !isTable && denseGroup < dense.Groups, isLoss = !isTable && denseGroup == dense.Groups;
        DensePart densePart = PartOf(dense, isDense ? denseGroup : 0);
        int denseElement = ((denseGroup - densePart.FirstGroup) * DenseElements) + (thread & (DenseElements - 1));
        bool hasDense = isDense && denseElement < densePart.Length;
        if (hasDense && densePart.Sums >= 0)
        {
            for (int i = thread >> DenseBits; i < dense.SumCount; i += DenseLanes)
                sum += dense.Sums[(i * dense.SumStride) + densePart.Sums + denseElement];
        }

        if (isLoss)
        {
            for (int i = thread; i < losses.Count; i += Threads)
                sum += losses.Values[i];
        }

        sums[thread] = sum;
        Group.Barrier();
        if (!isTable && thread < DenseElements)
        {
            for (int lane = 1; lane < DenseLanes; lane++)
                sum += sums[(lane * DenseElements) + thread];
        }

        Group.Barrier();
        sums[thread] = sum;
        Group.Barrier();
        if (isLoss && losses.IsSummed != 0 && thread == 0)
        {
            for (int i = 1; i < DenseElements; i++)
                sum += sums[i];
            losses.Cell[0] = sum;
        }

        if (hasElement && table.Moves == TableMoves.Whole)
        {
            if (moves)
                Move(tableRule, element, sum, table.P, table.M, table.V);
            table.Gradient[element] = 0f;
        }
        else if (row >= 0 && moves)
        {
            Move(tableRule, (row * table.Columns) + column, sum, table.P, table.M, table.V);
        }

        if (hasDense && thread < DenseElements)
        {
            float gradient = dense.Memory[densePart.Gradient + denseElement] + sum;
            if (moves)
                Move(
                    denseRule, denseElement, gradient, dense.Memory.SubView(densePart.P, densePart.Length),
                    dense.Memory.SubView(densePart.M, densePart.Length), dense.Memory.SubView(densePart.V, densePart.Length));
            dense.Memory[densePart.Gradient + denseElement] = 0f;
        }
    }

    /// <summary>gradient[i] += the groups' sums of the fused step, in their order.</summary>
    public static void AddSums(Index1D i, ArrayView<float> gradient, ArrayView<float> sums, int offset, int count, int stride)
    {
        float sum = 0;
        for (int group = 0; group < count; group++)
            sum += sums[(group * stride) + offset + i];
        gradient[i] = gradient[i] + sum;
    }

    private static void Move<TRule>(
        TRule rule, int i, float gradient, ArrayView<float> p, ArrayView<float> m, ArrayView<float> v)
        where TRule : unmanaged, IUpdateRule =>
        ParameterElements.Move<TRule, GpuLane, ViewMemory>(rule, new(p), new(m), new(v), new(gradient), i);

    // The row that a thread moves; -1 if another thread moves it.
    private static int RowAt(TableUpdate table, int element)
    {
        int place = element / table.Columns;
        if (table.Moves == TableMoves.EveryRow)
            return place;
        int row = RowOf(table.Keys[place]), block = place / table.BlockLength;
        bool isFirst = place == block * table.BlockLength || RowOf(table.Keys[Math.Max(0, place - 1)]) != row;
        for (int before = 0; before < block; before++)
        {
            int end = (before + 1) * table.BlockLength, found = FirstOf(table.Keys, end - table.BlockLength, end, row);
            isFirst &= found == end || RowOf(table.Keys[Math.Min(found, end - 1)]) != row;
        }

        return isFirst && row != int.MaxValue ? row : -1;
    }

    private static float Adjoint(TableUpdate table, int place, int column) =>
        table.Gradient[((int)(table.Keys[place] & int.MaxValue) * table.Columns) + column];

    // The place of the first key of a row or of a later one.
    private static int FirstOf(ArrayView<long> keys, int low, int high, int row)
    {
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (RowOf(keys[middle]) < row)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static int RowOf(long key) => (int)(key >> 32);

    private static DensePart PartOf(DenseUpdate dense, int group)
    {
        int part = 0;
        while (part + 1 < dense.PartCount && dense.Parts[part].EndGroup <= group)
            part++;
        return dense.Parts[part];
    }
}
