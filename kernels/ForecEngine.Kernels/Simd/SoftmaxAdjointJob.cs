// The adjoints of the cross-entropy over all items (Ops/SoftmaxLoss.cs). A chunk is a block of items for all rows of the minibatch. The
// block's logits become their adjoints p, a factor of both products. A chunk alone writes its items' adjoints; the parts of dx are added
// afterwards, in the order of the blocks.

namespace ForecEngine.Kernels.Simd;

/// <summary>The adjoints of a block's items, and the block's part of the adjoint of x.</summary>
/// <param name="input">The arguments.</param>
/// <param name="normalisers">The logarithm of each padded row's sum.</param>
/// <param name="dlosses">The adjoint of each padded row's loss.</param>
/// <param name="x">The vectors of all rows, as far apart as those of items, with zeros for padding.</param>
/// <param name="ditems">Overwritten, or null.</param>
/// <param name="dbias">Overwritten, or null.</param>
/// <param name="parts">Overwritten with each block's part of dx, [blocks, rows in whole tiles, padded dimension]; or null.</param>
internal readonly unsafe struct SoftmaxAdjointJob<TTile>(
    SoftmaxLossInput input, Real* normalisers, Real* dlosses, Real* x, Real* ditems, Real* dbias, Real* parts) : IChunked
    where TTile : struct, IProductTile
{
    private const int MostSums = 14 * 2 * 64 / sizeof(Real); // of a tile

    public void Run(int chunk, int worker)
    {
        int first = SoftmaxLossInput.First(chunk), items = input.ItemsOf(chunk);
        SoftmaxBlock block = input.BlockOf(worker);
        input.CopyItems<TTile>(chunk, block);
        Real* kept = input.KeptLogits(chunk);
        for (int panel = 0; panel < input.RowPanels<TTile>(); panel++)
        {
            int start = panel * TTile.Columns;
            if (kept is null)
                input.Logits<TTile>(chunk, block, panel);
            Adjoints body = new(
                (kept is null ? block.Logits : kept) + start, block.Biases, normalisers + start, dlosses + start, items, input.LogitStride,
                block.Logits + start);
            Sweep.Over(body, 0, TTile.Columns, input.Bits);
        }

        for (int row = 0; row < input.Rows; row++)
        {
            int place = input.Targets[row] - first;
            if (place >= 0 && place < items)
                block.Logits[((nint)place * input.LogitStride) + row] -= dlosses[row];
        }

        int rows = SoftmaxLossInput.Whole(input.Rows, TTile.Rows);
        if (parts is not null)
            AddRows(block, items, parts + ((nint)chunk * rows * input.VectorStride));
        if (ditems is not null)
            AddItems(block.Logits, items, ditems + ((nint)first * input.Items.Dimension));
        if (dbias is not null)
            AddBiases(block.Logits, items, dbias + first);
    }

    // Overwrites the block's part: the sum over its items of p' times their vectors.
    private void AddRows(in SoftmaxBlock block, int items, Real* part)
    {
        for (int column = 0; column < input.Items.Dimension; column += TTile.Columns)
        {
            for (int row = 0; row < input.Rows; row += TTile.Rows)
            {
                TTile.Compute<OverwrittenProduct>(
                    block.Logits + row, 1, input.LogitStride, block.Vectors + column, input.VectorStride, items,
                    part + ((nint)row * input.VectorStride) + column, input.VectorStride);
            }
        }
    }

    // Overwrites the items' adjoints: p times x.
    private void AddItems(Real* p, int items, Real* to)
    {
        int dimension = input.Items.Dimension;
        Real* sums = stackalloc Real[MostSums];
        for (int item = 0; item < items; item += TTile.Rows)
        {
            Real* a = p + ((nint)item * input.LogitStride);
            for (int column = 0; column < dimension; column += TTile.Columns)
            {
                Real* c = to + ((nint)item * dimension) + column;
                int rows = Math.Min(TTile.Rows, items - item), columns = Math.Min(TTile.Columns, dimension - column);
                if (rows == TTile.Rows && columns == TTile.Columns)
                {
                    TTile.Compute<OverwrittenProduct>(a, input.LogitStride, 1, x + column, input.VectorStride, input.Rows, c, dimension);
                    continue;
                }

                TTile.Compute<OverwrittenProduct>(
                    a, input.LogitStride, 1, x + column, input.VectorStride, input.Rows, sums, TTile.Columns);
                for (int row = 0; row < rows; row++)
                    new ReadOnlySpan<Real>(sums + (row * TTile.Columns), columns).CopyTo(new(c + ((nint)row * dimension), columns));
            }
        }
    }

    // Overwrites the items' adjoints: the sums of p.
    private void AddBiases(Real* p, int items, Real* to)
    {
        int rows = input.Rows, whole = rows / 4 * 4;
        Real* chains = stackalloc Real[4 * SoftmaxLoss.BlockItems];
        Sweep.Over(new BiasSums(p, input.LogitStride, whole, items, chains), 0, 4, Math.Min(input.Bits, 4 * 8 * sizeof(Real)));
        for (int item = 0; item < items; item++, p += input.LogitStride, chains += 4)
        {
            for (int row = whole; row < rows; row++)
                chains[row - whole] += p[row];
            to[item] = chains[0] + chains[1] + (chains[2] + chains[3]);
        }
    }

    private readonly struct Adjoints(
        Real* logits, Real* bias, Real* normalisers, Real* dlosses, int items, int stride, Real* p) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int column)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: the block has a row of logits for each item.
            TLane normaliser = TLane.Load(normalisers + column), adjoint = TLane.Load(dlosses + column);
            Real* logit = logits + column, to = p + column;
            for (int item = 0; item < items; item++, logit += stride, to += stride)
                TLane.Store(SoftmaxLoss.Adjoint(TLane.Load(logit) + TLane.Broadcast(bias[item]), normaliser, adjoint), to);
        }
    }

    // The chains of an item are the elements of a lane of four, or of two lanes of two. Four items at a time do not wait for each other.
    private readonly struct BiasSums(Real* p, nint stride, int rows, int items, Real* chains) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int chain)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: the rows and the items of the scratch are multiples of four.
            Real* from = p + chain, to = chains + chain;
            for (int item = 0; item < items; item += 4, from += 4 * stride, to += 16)
            {
                TLane c0 = TLane.Broadcast(0), c1 = c0, c2 = c0, c3 = c0;
                for (int k = 0; k < rows; k += 4)
                {
                    c0 += TLane.Load(from + k);
                    c1 += TLane.Load(from + stride + k);
                    c2 += TLane.Load(from + (2 * stride) + k);
                    c3 += TLane.Load(from + (3 * stride) + k);
                }

                TLane.Store(c0, to);
                TLane.Store(c1, to + 4);
                TLane.Store(c2, to + 8);
                TLane.Store(c3, to + 12);
            }
        }
    }
}

/// <summary>Adds the parts of blocks to the adjoint of x. A row of the sweep is one of the minibatch.</summary>
/// <param name="parts">The sums of each block, [blocks, rows, dimension].</param>
/// <param name="blocks">The number of blocks, at least one.</param>
/// <param name="distance">The number of elements from a block to the next.</param>
/// <param name="stride">The number of elements from a row to the next.</param>
/// <param name="dx">The adjoint of x, [rows, dimension], which is added to.</param>
/// <param name="dimension">The dimension.</param>
internal readonly unsafe struct AddPartsSweep(Real* parts, int blocks, nint distance, int stride, Real* dx, int dimension) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        // In bounds: every block has as many parts.
        Real* part = parts + ((nint)row * stride) + column, to = dx + ((nint)row * dimension) + column;
        TLane total = TLane.Load(part);
        for (int block = 1; block < blocks; block++)
        {
            part += distance;
            total += TLane.Load(part);
        }

        TLane.Store(TLane.Load(to) + total, to);
    }
}
