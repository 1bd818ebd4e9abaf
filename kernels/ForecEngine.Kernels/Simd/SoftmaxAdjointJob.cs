// The adjoints of the cross-entropy over all items (Ops/SoftmaxLoss.cs). A chunk is a block of items for all rows of the minibatch. A panel
// of the block's adjoints p is a packed factor of the block's part of dx', and its transpose is packed for the product with x. A chunk
// alone adds to its items' adjoints; the parts of dx are added afterwards, in the order of the blocks.

namespace ForecEngine.Kernels.Simd;

/// <summary>The adjoints of a block's items, and the block's part of the adjoint of x.</summary>
/// <param name="input">The arguments.</param>
/// <param name="normalisers">The logarithm of each padded row's sum.</param>
/// <param name="dlosses">The adjoint of each padded row's loss.</param>
/// <param name="packed">x in panels of columns: [panels, rows, columns of a tile].</param>
/// <param name="ditems">Added to, or null.</param>
/// <param name="dbias">Added to, or null.</param>
/// <param name="parts">Overwritten with [blocks, panels of rows, padded dimension, columns of a tile], or null.</param>
internal readonly unsafe struct SoftmaxAdjointJob<TTile>(
    SoftmaxLossInput input, Real* normalisers, Real* dlosses, Real* packed, Real* ditems, Real* dbias, Real* parts) : IChunked
    where TTile : struct, IProductTile
{
    private readonly int _dimension = PaddedDimension(input);

    /// <summary>The dimension in whole tiles.</summary>
    public static int PaddedDimension(in SoftmaxLossInput input) => (int)Panels.Length(input.Dimension, TTile.Rows, 1);

    /// <summary>
    /// The numbers of a thread's scratch: a block's items twice, in panels of items and of dimensions, a panel of adjoints, and the
    /// transpose of all.
    /// </summary>
    public static int ScratchLength(in SoftmaxLossInput input) => checked(
        input.ItemsLength + (SoftmaxLoss.BlockItems * (PaddedDimension(input) + TTile.Columns + input.Rows)));

    public void Run(int chunk, int worker)
    {
        int first = SoftmaxLossInput.First(chunk), items = input.ItemsOf(chunk), rows = input.Rows, panels = input.RowPanels<TTile>();
        Real* packedItems = input.Scratch + ((nint)worker * input.ScratchLength), dimensions = packedItems + input.ItemsLength;
        Real* p = dimensions + (SoftmaxLoss.BlockItems * _dimension), transposed = p + (SoftmaxLoss.BlockItems * TTile.Columns);
        input.PackItems<TTile>(chunk, packedItems);
        if (parts is not null)
            PackDimensions(chunk, dimensions);
        for (int panel = 0; panel < panels; panel++)
        {
            int start = panel * TTile.Columns, end = Math.Min(rows, start + TTile.Columns);
            input.Logits<TTile>(chunk, packedItems, panel, p);
            Sweep.Over(
                new Adjoints(p, input.Bias + first, normalisers + start, dlosses + start, items, TTile.Columns), 0, TTile.Columns,
                input.Bits);
            for (int row = start; row < end; row++)
            {
                int place = input.Targets[row] - first;
                if (place >= 0 && place < items)
                    p[(place * TTile.Columns) + row - start] -= dlosses[row];
            }

            if (parts is not null)
                AddRows(dimensions, p, items, parts + ((((nint)chunk * panels) + panel) * _dimension * TTile.Columns));
            if (ditems is null && dbias is null)
                continue;
            for (nint item = 0; item < items; item += TTile.Rows)
                Panels.PackLines(
                    p + (item * TTile.Columns), TTile.Columns, TTile.Rows, end - start, transposed + (item * rows) + (start * TTile.Rows),
                    input.Bits);
        }

        if (ditems is not null)
            AddItems(transposed, ditems + ((nint)first * input.Dimension), items);
        for (int item = 0; item < items && dbias is not null; item += TTile.Rows)
            AddBiases(transposed + ((nint)item * rows), dbias + first + item, Math.Min(TTile.Rows, items - item));
    }

    private void PackDimensions(int block, Real* dimensions)
    {
        Panels panels = new(
            input.Items + ((nint)SoftmaxLossInput.First(block) * input.Dimension), 1, input.Dimension, input.Dimension, TTile.Rows,
            input.ItemsOf(block), dimensions, input.Bits);
        for (int panel = 0; panel < panels.Count; panel++)
            panels.Pack(panel);
    }

    // Overwrites the part of a panel of rows: [padded dimension, columns].
    private void AddRows(Real* dimensions, Real* p, int items, Real* part)
    {
        for (nint i = 0; i < _dimension; i += TTile.Rows)
            TTile.Compute<OverwrittenProduct>(dimensions + (i * items), p, items, part + (i * TTile.Columns), TTile.Columns);
    }

    private void AddItems(Real* transposed, Real* to, int items)
    {
        StridedProduct product = new()
        {
            C = to,
            CRow = input.Dimension,
            Rows = items,
            Columns = input.Dimension,
            Depth = input.Rows,
            End = ProductEnd.Add,
        };
        TileJob<TTile, AddedProduct> job = new(product, 0, transposed, packed);
        for (int chunk = 0; chunk < job.Chunks; chunk++)
            job.Run(chunk, 0);
    }

    // The sums of a panel of items. Where a lane does not divide the panel, the last one overlaps that before it.
    private void AddBiases(Real* transposed, Real* to, int items)
    {
        Real* sums = stackalloc Real[TTile.Rows];
        BiasSums body = new(transposed, sums, input.Rows, TTile.Rows);
        if (TTile.Rows >= Lane256.Width && input.Bits >= 256)
        {
            for (int item = 0; item < TTile.Rows; item += Lane256.Width)
                body.At<Lane256>(0, Math.Min(item, TTile.Rows - Lane256.Width));
        }
        else
            Sweep.Over(body, 0, TTile.Rows, input.Bits);
        for (int item = 0; item < items; item++)
            to[item] += sums[item];
    }

    private readonly struct Adjoints(Real* logits, Real* bias, Real* normalisers, Real* dlosses, int items, int columns) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int column)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: a panel has a row of columns for each item.
            TLane normaliser = TLane.Load(normalisers + column), adjoint = TLane.Load(dlosses + column);
            Real* logit = logits + column;
            for (int item = 0; item < items; item++, logit += columns)
                TLane.Store(SoftmaxLoss.Adjoint(TLane.Load(logit) + TLane.Broadcast(bias[item]), normaliser, adjoint), logit);
        }
    }

    private readonly struct BiasSums(Real* transposed, Real* sums, int rows, int width) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int item)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: the panel has a line of items for each row.
            TLane c0 = TLane.Broadcast(0), c1 = c0, c2 = c0, c3 = c0;
            Real* p = transposed + item;
            int k = 0;
            for (; k <= rows - 4; k += 4, p += 4 * width)
            {
                c0 += TLane.Load(p);
                c1 += TLane.Load(p + width);
                c2 += TLane.Load(p + (2 * width));
                c3 += TLane.Load(p + (3 * width));
            }

            if (k < rows)
                c0 += TLane.Load(p);
            if (k + 1 < rows)
                c1 += TLane.Load(p + width);
            if (k + 2 < rows)
                c2 += TLane.Load(p + (2 * width));
            TLane.Store(c0 + c1 + (c2 + c3), sums + item);
        }
    }
}

/// <summary>Adds the parts of blocks to the adjoint of x. A chunk is a panel of rows.</summary>
/// <param name="parts">[blocks, panels, padded dimension, columns]; the first block's is overwritten with the totals.</param>
/// <param name="blocks">The number of blocks.</param>
/// <param name="panels">The number of panels.</param>
/// <param name="padded">The padded dimension.</param>
/// <param name="columns">The rows of a panel.</param>
/// <param name="dx">The adjoint, [rows, dimension].</param>
/// <param name="rows">The number of rows.</param>
/// <param name="dimension">The dimension.</param>
/// <param name="bits">The width of vectors.</param>
internal readonly unsafe struct AddPartsJob(
    Real* parts, int blocks, int panels, int padded, int columns, Real* dx, int rows, int dimension, int bits) : IChunked
{
    public void Run(int chunk, int worker)
    {
        nint length = (nint)padded * columns;
        Real* total = parts + (chunk * length);
        Sweep.Over(new Totals(total, blocks, panels * length), 0, (int)length, bits);
        int start = chunk * columns;
        for (nint row = start; row < Math.Min(rows, start + columns); row++)
        {
            for (nint i = 0; i < dimension; i++)
                dx[(row * dimension) + i] += total[(i * columns) + row - start];
        }
    }

    private readonly struct Totals(Real* parts, int blocks, nint distance) : ISweep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(int row, int i)
            where TLane : struct, IHostLane<TLane>
        {
            // In bounds: every block has as many parts.
            TLane total = TLane.Load(parts + i);
            Real* part = parts + i;
            for (int block = 1; block < blocks; block++)
            {
                part += distance;
                total += TLane.Load(part);
            }

            TLane.Store(total, parts + i);
        }
    }
}
