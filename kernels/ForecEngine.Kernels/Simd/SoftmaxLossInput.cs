// The arguments of the cross-entropy over all items (Ops/SoftmaxLoss.cs), and a block of items in a thread's scratch. The items' vectors
// and biases are copied there from their tables, so that they are in a cache and equally far apart; products read them without packing. The
// logits of a block are [items, rows of the minibatch]: tiles (ProductTile.cs) write them as they are, sums over items are chains of lanes,
// and both products of the adjoints read them as they are.
//
// Extents are padded to whole tiles. Rows of the scratch are a cache line longer, because with a power of two they would share few sets of
// the first cache, and because the last tile of an adjoint reads beyond the minibatch. Sums of padding are never used.

using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels.Simd;

/// <summary>The arguments. Pointers are valid for the whole job.</summary>
internal unsafe struct SoftmaxLossInput
{
    private const int Line = 16; // at least the rows of a tile

    public CataloguePointers Items;
    public int* Targets;
    public int Rows;
    public int Bits;

    /// <summary>x in panels of rows: [panels, dimension, columns of a tile].</summary>
    public Real* X;

    /// <summary>Scratch of each thread, <see cref="ScratchLength"/> numbers.</summary>
    public Real* Scratch;

    /// <summary>The memory for logits that are computed only once, <see cref="KeptLength"/> numbers.</summary>
    public Real* Kept;

    /// <summary>The length of <see cref="Kept"/>.</summary>
    public int KeptLength;

    /// <summary>The numbers of a row of logits in the scratch.</summary>
    public int LogitStride;

    /// <summary>The numbers of an item's vector in the scratch.</summary>
    public int VectorStride;

    /// <summary>The arguments for a shape of tile, without memory.</summary>
    public static SoftmaxLossInput Of<TTile>(in CataloguePointers items, int* targets, int rows, int bits)
        where TTile : struct, IProductTile => new()
        {
            Items = items,
            Targets = targets,
            Rows = rows,
            Bits = bits,
            LogitStride = Whole(rows, TTile.Columns) + Line,
            VectorStride = Whole(items.Dimension, TTile.Columns) + Line,
        };

    /// <summary>The numbers of a thread's scratch, in whole cache lines.</summary>
    public readonly long ScratchLength =>
        (SoftmaxLoss.BlockItems * ((long)VectorStride + LogitStride)) + Whole(SoftmaxLoss.BlockItems, Line);

    /// <summary>A multiple of <paramref name="unit"/> that is not less than <paramref name="extent"/>.</summary>
    public static int Whole(int extent, int unit) => checked(extent + unit - 1) / unit * unit;

    /// <summary>The first item of a block.</summary>
    public static int First(int block) => block * SoftmaxLoss.BlockItems;

    /// <summary>The number of panels of rows.</summary>
    public readonly int RowPanels<TTile>()
        where TTile : struct, IProductTile => (Rows + TTile.Columns - 1) / TTile.Columns;

    /// <summary>The number of items of a block.</summary>
    public readonly int ItemsOf(int block) => Math.Min(SoftmaxLoss.BlockItems, Items.Count - First(block));

    /// <summary>The memory of a block in a thread's scratch.</summary>
    public readonly SoftmaxBlock BlockOf(int worker)
    {
        Real* vectors = Scratch + (worker * (nint)ScratchLength), logits = vectors + (SoftmaxLoss.BlockItems * (nint)VectorStride);
        return new() { Vectors = vectors, Logits = logits, Biases = logits + (SoftmaxLoss.BlockItems * (nint)LogitStride) };
    }

    /// <summary>
    /// Where a block's logits are kept for the adjoints, or null. Every second block is kept while there is memory: each thread has a share
    /// of consecutive blocks.
    /// </summary>
    public readonly Real* KeptLogits(int block)
    {
        nint length = SoftmaxLoss.BlockItems * (nint)LogitStride, place = block / 2;
        return block % 2 == 0 && (place + 1) * length <= KeptLength ? Kept + (place * length) : null;
    }

    /// <summary>Copies the items of a block, up to a whole tile, with zeros for padding.</summary>
    public readonly void CopyItems<TTile>(int block, in SoftmaxBlock to)
        where TTile : struct, IProductTile
    {
        int first = First(block), items = ItemsOf(block), dimension = Items.Dimension;
        for (int item = 0; item < items; item++)
        {
            Span<Real> row = new(to.Vectors + ((nint)item * VectorStride), VectorStride);
            new ReadOnlySpan<Real>(Items.Vector(first + item), dimension).CopyTo(row);
            row[dimension..].Clear();
            to.Biases[item] = Items.Bias(first + item);
        }

        int padding = Whole(items, TTile.Rows) - items;
        new Span<Real>(to.Vectors + ((nint)items * VectorStride), padding * VectorStride).Clear();
    }

    /// <summary>
    /// Overwrites a panel of a block's logits, without biases, in whole tiles. The next block's items are read ahead, because copying them
    /// would otherwise wait for memory.
    /// </summary>
    public readonly void Logits<TTile>(int block, in SoftmaxBlock of, int rowPanel)
        where TTile : struct, IProductTile
    {
        int items = ItemsOf(block), first = First(block + 1), ahead = Math.Clamp(Items.Count - first, 0, items);
        Real* x = X + ((nint)rowPanel * TTile.Columns * Items.Dimension), logits = of.Logits + (rowPanel * TTile.Columns);
        int next = rowPanel, panels = RowPanels<TTile>();
        for (nint item = 0; item < items; item += TTile.Rows)
        {
            for (; next < Math.Min(ahead, (int)item + TTile.Rows); next += panels)
                ReadAhead(Items.Vector(first + next));
            TTile.Compute<OverwrittenProduct>(
                of.Vectors + (item * VectorStride), VectorStride, 1, x, TTile.Columns, Items.Dimension, logits + (item * LogitStride),
                LogitStride);
        }
    }

    private readonly void ReadAhead(Real* vector)
    {
        for (int i = 0; i < Items.Dimension && Sse.IsSupported; i += 64 / sizeof(Real))
            Sse.Prefetch1(vector + i);
    }
}

/// <summary>A block of items in a thread's scratch.</summary>
internal unsafe struct SoftmaxBlock
{
    /// <summary>The items' vectors, <see cref="SoftmaxLossInput.VectorStride"/> apart.</summary>
    public Real* Vectors;

    /// <summary>The items' biases.</summary>
    public Real* Biases;

    /// <summary>The logits of each item, <see cref="SoftmaxLossInput.LogitStride"/> apart; then their adjoints.</summary>
    public Real* Logits;
}
