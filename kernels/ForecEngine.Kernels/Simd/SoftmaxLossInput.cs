// The arguments of the cross-entropy over all items (Ops/SoftmaxLoss.cs), packed for tiles (ProductTile.cs), and the logits of a block. A
// panel of logits has the items of a block and as many rows of the minibatch as a tile has columns: [items, columns], so that tiles write
// it as it is, sums over items are chains of lanes, and it is a packed factor of the product with the items. Rows beyond the minibatch are
// zeros in x, and their results are never read.

using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels.Simd;

/// <summary>The arguments. Pointers are valid for the whole job.</summary>
internal unsafe struct SoftmaxLossInput
{
    public Real* Items;
    public Real* Bias;
    public int* Targets;
    public int Rows;
    public int Count;
    public int Dimension;
    public int Bits;

    /// <summary>x in panels of rows: [panels, dimension, columns of a tile].</summary>
    public Real* X;

    /// <summary>Scratch of each thread, <see cref="ScratchLength"/> numbers.</summary>
    public Real* Scratch;

    /// <summary>The numbers of a thread's scratch.</summary>
    public int ScratchLength;

    /// <summary>The first item of a block.</summary>
    public static int First(int block) => block * SoftmaxLoss.BlockItems;

    /// <summary>The number of panels of rows.</summary>
    public readonly int RowPanels<TTile>()
        where TTile : struct, IProductTile => (Rows + TTile.Columns - 1) / TTile.Columns;

    /// <summary>The number of items of a block.</summary>
    public readonly int ItemsOf(int block) => Math.Min(SoftmaxLoss.BlockItems, Count - First(block));

    /// <summary>The numbers of a block's items in panels, for <see cref="PackItems"/>.</summary>
    public readonly int ItemsLength => SoftmaxLoss.BlockItems * Dimension;

    /// <summary>Packs the items of a block in panels of items: [panels, dimension, rows of a tile].</summary>
    public readonly void PackItems<TTile>(int block, Real* packed)
        where TTile : struct, IProductTile
    {
        Panels panels = new(
            Items + ((nint)First(block) * Dimension), Dimension, 1, ItemsOf(block), TTile.Rows, Dimension, packed, Bits);
        for (int panel = 0; panel < panels.Count; panel++)
            panels.Pack(panel);
    }

    /// <summary>
    /// Overwrites a panel with the logits of a block, without biases, in whole tiles. The next block's items are read ahead, because
    /// packing them would otherwise wait for memory.
    /// </summary>
    public readonly void Logits<TTile>(int block, Real* packedItems, int rowPanel, Real* logits)
        where TTile : struct, IProductTile
    {
        int items = ItemsOf(block);
        Real* x = X + ((nint)rowPanel * TTile.Columns * Dimension);
        nint ahead = (nint)Math.Clamp(Count - First(block + 1), 0, SoftmaxLoss.BlockItems) * Dimension, rowPanels = RowPanels<TTile>();
        Real* next = Items + ((nint)First(block + 1) * Dimension) + (ahead * rowPanel / rowPanels);
        for (nint item = 0; item < items; item += TTile.Rows)
        {
            nint start = ahead * item / items / rowPanels, end = ahead * Math.Min(items, item + TTile.Rows) / items / rowPanels;
            ReadAhead(next + start, next + end);
            TTile.Compute<OverwrittenProduct>(
                packedItems + (item * Dimension), x, Dimension, logits + (item * TTile.Columns), TTile.Columns);
        }
    }

    private static void ReadAhead(Real* start, Real* end)
    {
        for (; start < end && Sse.IsSupported; start += 64 / sizeof(Real))
            Sse.Prefetch1(start);
    }
}
