// The cross-entropy over all items (Ops/SoftmaxLoss) as jobs: a chunk is one block of items for all rows of the minibatch. A chunk's
// logits, [items of the block, rows], stay in the thread's scratch: a lane holds consecutive rows, so that sums over the items are chains.
// The number of rows is rounded up to whole panels; the additional rows are zeros and are never read back.

namespace ForecEngine.Kernels.Simd;

/// <summary>The arguments, packed for tiles. Pointers are valid for the whole job.</summary>
internal unsafe struct SoftmaxLossInput
{
    /// <summary>The columns of a panel. A panel's rows are contiguous, so that it stays in the nearest cache.</summary>
    public const int Panel = 32;

    public Real* Items;
    public Real* Bias;
    public int* Targets;
    public int Rows;
    public int Count;
    public int Dimension;
    public int Bits;

    /// <summary>x' in panels of rows: [panels of rows, dimension, <see cref="Panel"/>].</summary>
    public Real* Transposed;

    /// <summary>Scratch of each thread, <see cref="ScratchLength"/> numbers.</summary>
    public Real* Scratch;

    /// <summary>The number of rows in whole panels.</summary>
    public readonly int PaddedRows => Padded(Rows);

    /// <summary>A thread's numbers: a block's logits and its items in panels.</summary>
    public readonly int ScratchLength => SoftmaxLoss.BlockItems * (PaddedRows + Padded(Dimension));

    public static int Padded(int length) => (length + Panel - 1) / Panel * Panel;

    /// <summary>
    /// Packs columns of a matrix into panels, with zeros beyond its edge: to[panel, row, c] = from[row, panel Panel + c].
    /// </summary>
    public static void Pack(Real* from, int rows, int columns, Real* to)
    {
        for (int start = 0; start < columns; start += Panel)
        {
            int width = Math.Min(Panel, columns - start);
            for (nint row = 0; row < rows; row++, to += Panel)
            {
                new Span<Real>(from + (row * columns) + start, width).CopyTo(new Span<Real>(to, width));
                new Span<Real>(to + width, Panel - width).Clear();
            }
        }
    }

    /// <summary>Packs the transpose of a matrix into panels: to[panel, column, r] = from[panel Panel + r, column].</summary>
    public static void PackTransposed(Real* from, int rows, int columns, Real* to)
    {
        for (int start = 0; start < rows; start += Panel)
        {
            int height = Math.Min(Panel, rows - start);
            for (nint column = 0; column < columns; column++, to += Panel)
            {
                for (nint r = 0; r < Panel; r++)
                    to[r] = r < height ? from[((start + r) * columns) + column] : 0;
            }
        }
    }

    /// <summary>Computes the logits without biases of a block: [items of the block, padded rows].</summary>
    public readonly void Logits(int first, int items, Real* logits)
    {
        for (int start = 0; start < PaddedRows; start += Panel)
        {
            new MatrixTile
            {
                A = Items + ((nint)first * Dimension),
                ARow = Dimension,
                AStep = 1,
                B = Transposed + ((nint)start * Dimension),
                BRow = Panel,
                C = logits + start,
                CRow = PaddedRows,
                Rows = items,
                Columns = Panel,
                Depth = Dimension,
            }.Run<PlainSum>(Bits);
        }
    }
}

/// <summary>For each block and row, the largest logit and the sum of exponentials; for each row, the logit of its target.</summary>
internal readonly unsafe struct SoftmaxSumsJob(SoftmaxLossInput input, Real* largest, Real* sums, Real* targetLogits) : IChunked
{
    public void Run(int chunk, int worker)
    {
        int first = chunk * SoftmaxLoss.BlockItems, items = Math.Min(SoftmaxLoss.BlockItems, input.Count - first);
        int padded = input.PaddedRows;
        Real* logits = input.Scratch + ((nint)worker * input.ScratchLength);
        input.Logits(first, items, logits);
        Sweep.Over(new Sums(logits, input.Bias + first, largest + ((nint)chunk * padded), sums + ((nint)chunk * padded), items, padded), 0,
            padded, input.Bits);
        for (int row = 0; row < input.Rows; row++)
        {
            int place = input.Targets[row] - first;
            if (place >= 0 && place < items)
                targetLogits[row] = logits[((nint)place * padded) + row] + input.Bias[input.Targets[row]];
        }
    }

    private readonly struct Sums(Real* logits, Real* bias, Real* largest, Real* sums, int items, int padded) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int column)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: the lane is inside the padded rows of every item of the block.
            TLane most = TLane.Broadcast(Real.NegativeInfinity), sum = TLane.Broadcast(0);
            Real* logit = logits + column;
            for (int item = 0; item < items; item++, logit += padded)
            {
                TLane value = TLane.Load(logit) + TLane.Broadcast(bias[item]);
                most = SoftmaxLoss.Greater(most, value);
            }

            logit = logits + column;
            for (int item = 0; item < items; item++, logit += padded)
                sum += LaneMath.Exp(TLane.Load(logit) + TLane.Broadcast(bias[item]) - most);
            TLane.Store(most, largest + column);
            TLane.Store(sum, sums + column);
        }
    }
}

/// <summary>Merges the blocks of each row: overwrites the first block's numbers with the largest logit and the sum of all.</summary>
internal readonly unsafe struct MergeBlocksSweep(Real* largest, Real* sums, int blocks, int padded) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        // In bounds: both have a number for each block and padded row.
        TLane greatest = TLane.Broadcast(Real.NegativeInfinity), total = TLane.Broadcast(0);
        Real* most = largest + column, sum = sums + column;
        for (int block = 0; block < blocks; block++, most += padded, sum += padded)
        {
            TLane other = TLane.Load(most), above = SoftmaxLoss.Greater(greatest, other);
            total = SoftmaxLoss.Scaled(total, greatest, above) + SoftmaxLoss.Scaled(TLane.Load(sum), other, above);
            greatest = above;
        }

        TLane.Store(greatest, largest + column);
        TLane.Store(total, sums + column);
    }
}

/// <summary>The adjoints of a block's items, and the block's part of the adjoint of x.</summary>
/// <param name="input">The arguments.</param>
/// <param name="normalisers">The logarithm of each padded row's sum.</param>
/// <param name="dlosses">The adjoint of each padded row's loss.</param>
/// <param name="packed">x in panels of columns.</param>
/// <param name="ditems">Added to, or null.</param>
/// <param name="dbias">Added to, or null.</param>
/// <param name="parts">Overwritten with [blocks, rows, dimension], or null.</param>
internal readonly unsafe struct SoftmaxAdjointJob(
    SoftmaxLossInput input, Real* normalisers, Real* dlosses, Real* packed, Real* ditems, Real* dbias, Real* parts) : IChunked
{
    public void Run(int chunk, int worker)
    {
        int first = chunk * SoftmaxLoss.BlockItems, items = Math.Min(SoftmaxLoss.BlockItems, input.Count - first);
        int padded = input.PaddedRows, rows = input.Rows, dimension = input.Dimension;
        Real* p = input.Scratch + ((nint)worker * input.ScratchLength), own = p + ((nint)SoftmaxLoss.BlockItems * padded);
        input.Logits(first, items, p);
        Sweep.Over(new Adjoints(p, input.Bias + first, normalisers, dlosses, items, padded), 0, padded, input.Bits);
        for (int row = 0; row < rows; row++)
        {
            int place = input.Targets[row] - first;
            if (place >= 0 && place < items)
                p[((nint)place * padded) + row] -= dlosses[row];
        }

        if (ditems is not null)
            AddItems(p, ditems + ((nint)first * dimension), items);
        for (nint item = 0; item < items && dbias is not null; item++)
            dbias[first + item] += Sum(p + (item * padded), rows);
        if (parts is null)
            return;
        SoftmaxLossInput.Pack(input.Items + ((nint)first * dimension), items, dimension, own);
        for (int start = 0; start < dimension; start += SoftmaxLossInput.Panel)
        {
            new MatrixTile
            {
                A = p,
                ARow = 1,
                AStep = padded,
                B = own + ((nint)start * items),
                BRow = SoftmaxLossInput.Panel,
                C = parts + ((nint)chunk * rows * dimension) + start,
                CRow = dimension,
                Rows = rows,
                Columns = Math.Min(SoftmaxLossInput.Panel, dimension - start),
                Depth = items,
            }.Run<PlainSum>(input.Bits);
        }
    }

    private void AddItems(Real* p, Real* to, int items)
    {
        for (int start = 0; start < input.Dimension; start += SoftmaxLossInput.Panel)
        {
            new MatrixTile
            {
                A = p,
                ARow = input.PaddedRows,
                AStep = 1,
                B = packed + ((nint)start * input.Rows),
                BRow = SoftmaxLossInput.Panel,
                C0 = to + start,
                C0Row = input.Dimension,
                C = to + start,
                CRow = input.Dimension,
                Rows = items,
                Columns = Math.Min(SoftmaxLossInput.Panel, input.Dimension - start),
                Depth = input.Rows,
            }.Run<PlainSum>(input.Bits);
        }
    }

    private Real Sum(Real* x, int length)
    {
        Real* partial = stackalloc Real[8];
        return input.Bits >= 256
            ? Reduce.Sum<Lane256, HostMemory<Lane256>, HostMemory<ScalarLane>>(new(x), new(partial), new(x), new(partial), length)
            : Reduce.Sum<Lane128, HostMemory<Lane128>, HostMemory<ScalarLane>>(new(x), new(partial), new(x), new(partial), length);
    }

    private readonly struct Adjoints(Real* logits, Real* bias, Real* normalisers, Real* dlosses, int items, int padded) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int column)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: the lane is inside the padded rows of every item of the block.
            TLane normaliser = TLane.Load(normalisers + column), adjoint = TLane.Load(dlosses + column);
            Real* logit = logits + column;
            for (int item = 0; item < items; item++, logit += padded)
            {
                TLane value = TLane.Load(logit) + TLane.Broadcast(bias[item]);
                TLane.Store(SoftmaxLoss.Adjoint(value, normaliser, adjoint), logit);
            }
        }
    }
}

/// <summary>dx[i] += parts[0, i] + parts[1, i] + ..., one addition at a time.</summary>
internal readonly unsafe struct AddPartsSweep(Real* parts, int count, nint length, Real* dx) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane>
    {
        // In bounds: every part is as long as dx.
        TLane sum = TLane.Load(dx + i);
        Real* part = parts + i;
        for (int number = 0; number < count; number++, part += length)
            sum += TLane.Load(part);
        TLane.Store(sum, dx + i);
    }
}
