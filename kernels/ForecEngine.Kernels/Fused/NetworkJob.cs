// The fused step, cut into chunks for a team of threads. A chunk takes one block of samples forward and backward through the whole network.
// A block is as long as one chain of a weight's gradient (Ops/DenseLayer), and its activations and adjoints fit in the L1 and L2 caches.
// Every block has its own sums of gradients, which are added in index order afterwards: no result depends on which thread takes which
// block.

namespace ForecEngine.Kernels.Fused;

/// <summary>Forward and backward of a minibatch, or forward only.</summary>
/// <remarks>Its parts are not inlined into each other: together they would exceed the compiler's limits for inlining.</remarks>
internal unsafe partial struct NetworkJob : IChunked
{
    public Stage* Stages;
    public int StageCount;

    /// <summary>The stages below the joint, the concatenation of tower and product.</summary>
    public int TowerStages;

    public PairPointers Tower;
    public PairPointers Product;

    /// <summary>Training reads the labels and writes the losses; Logits is null. Scoring writes the logits.</summary>
    public Real* Labels, Losses, Logits;

    public int Samples;

    /// <summary>The weight of each sample's loss.</summary>
    public Real Share;

    /// <summary>
    /// A thread's scratch: the stages' inputs and outputs, and two adjoints at <see cref="Adjoints"/>, each <see cref="AdjointLength"/>
    /// long.
    /// </summary>
    public Real* Scratch;
    public nint ScratchStride;

    /// <summary>
    /// The number of this minibatch, and per thread the number of the minibatch that it last packed the weights for, <see
    /// cref="Workers.Apart"/> apart.
    /// </summary>
    public int Minibatch;
    public int* PackedFor;
    public nint Adjoints;
    public nint AdjointLength;

    /// <summary>The joint's offset in the scratch, its number of columns, and the number of these that belong to the tower.</summary>
    public nint Joint;
    public int JointColumns;
    public int JointTower;

    /// <summary>The scratch offset of the product's item vectors times their markets', and their row numbers there: 0, 1, 2, ...</summary>
    public nint Seen;
    public int* SeenRows;

    /// <summary>The offset in the scratch of column sums that nothing reads.</summary>
    public nint Totals;

    /// <summary>Whether anything in or below the tower needs an adjoint.</summary>
    public bool WantsTower;

    /// <summary>The blocks' sums of gradients.</summary>
    public Real* Sums;
    public nint SumsStride;

    public int Bits;

    public readonly void Run(int chunk, int worker)
    {
        Real* scratch = Scratch + (worker * ScratchStride);

        if (PackedFor[worker * Workers.Apart] != Minibatch)
        {
            Pack(scratch);
            PackedFor[worker * Workers.Apart] = Minibatch;
        }

        int first = chunk * DenseLayer.BlockRows, count = Math.Min(DenseLayer.BlockRows, Samples - first);
        Forward(first, count, scratch);
        if (Logits is null)
            Backward(first, count, scratch, Sums + (chunk * SumsStride));
    }

    // Each thread packs the weights into its own scratch. Sharing one packed copy would move cache lines between cores, which takes longer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Pack(Real* scratch)
    {
        for (int i = 0; i < StageCount; i++)
        {
            ref readonly Stage stage = ref Stages[i];
            PackedWeight.Pack(stage.Weight, stage.Bias, stage.Inputs, stage.Outputs, scratch + stage.Packed, Bits);
        }
    }

    // Computes the logits or, in training, the losses and the logits' adjoints.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Forward(int first, int count, Real* scratch)
    {
        if (Tower.Dimension > 0)
        {
            // Without layers, the tower's input is the left part of the joint.
            Real* pair = scratch + (TowerStages > 0 ? Stages[0].Input : Joint);
            nint stride = TowerStages > 0 ? Stages[0].InputRow : JointColumns;
            int dimension = Tower.Dimension;
            Rows(new CopyRows(Tower.User.Value, dimension, Tower.User.Rows + first, pair, stride), count, dimension);
            if (Tower.IsMarketAware)
                SeeItems(Tower, first, count, pair + dimension, stride);
            else
                Rows(new CopyRows(Tower.Item.Value, dimension, Tower.Item.Rows + first, pair + dimension, stride), count, dimension);
        }

        if (Product.Dimension > 0)
        {
            if (Product.IsMarketAware)
                SeeItems(Product, first, count, scratch + Seen, Product.Dimension);
            TablePointers items = ProductItems(first, scratch);
            Real* product = scratch + Joint + JointTower;
            Multiply multiply = new(
                Product.User.Value, Product.User.Rows + first, items.Value, items.Rows, Product.Dimension, product, JointColumns);
            Rows(multiply, count, Product.Dimension);
        }

        for (int i = 0; i < StageCount; i++)
            ToOutput(Stages[i], scratch, count);

        Real* logits = scratch + Stages[StageCount - 1].Output;
        if (Logits is not null)
            new ReadOnlySpan<Real>(logits, count).CopyTo(new Span<Real>(Logits + first, count));
        else
            Sweep.Over(new LossAndAdjoint(logits, Labels + first, Share, Losses + first, scratch + Adjoints), 0, count, Bits);
    }

    // The layer's output after the ReLU, or the logits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ToOutput(in Stage stage, Real* scratch, int count)
    {
        Real* weight = scratch + stage.Packed, bias = weight + ((nint)stage.Inputs * stage.Outputs);
        if (stage.IsOutput)
        {
            MatrixVector product = new(scratch + stage.Input, stage.InputRow, weight, stage.Inputs, *bias, scratch + stage.Output);
            Sweep.Over(product, 0, count, Bits);
            return;
        }

        MatrixTile tile = new()
        {
            A = scratch + stage.Input,
            ARow = stage.InputRow,
            AStep = 1,
            B = weight,
            BRow = stage.Outputs,
            C0 = bias,
            C0Row = 0,
            C = scratch + stage.Output,
            CRow = stage.OutputRow,
            Rows = count,
            Columns = stage.Outputs,
            Depth = stage.Inputs,
        };
        tile.Run<RectifiedSum>(Bits);
    }

    // The items' vectors times their samples' markets' vectors.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SeeItems(in PairPointers pair, int first, int count, Real* y, nint stride)
    {
        (TablePointers item, TablePointers market) = (pair.Item, pair.Market);
        int dimension = pair.Dimension;
        Rows(new Multiply(item.Value, item.Rows + first, market.Value, market.Rows + first, dimension, y, stride), count, dimension);
    }

    // The product's item vectors: rows of the table or, in market-aware models, of the scratch.
    private readonly TablePointers ProductItems(int first, Real* scratch) => Product.IsMarketAware
        ? new() { Value = scratch + Seen, Rows = SeenRows }
        : new() { Value = Product.Item.Value, Rows = Product.Item.Rows + first };

    private readonly void Rows<TBody>(TBody body, int rows, int columns)
        where TBody : struct, ISweep => Sweep.Rows(body, 0, rows, columns, Bits);
}
