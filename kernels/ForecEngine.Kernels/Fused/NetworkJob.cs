// The fused step as work for a team: a chunk is a block of samples - what one chain of a weight's gradient goes over
// (Ops/DenseLayer), and small enough that activations and adjoints stay in the nearest caches - taken through the whole network
// and back. Who takes which block cannot be seen: every block has sums of its own, which join in index order afterwards.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>Forward and backward of a minibatch.</summary>
/// <remarks>Its parts are not inlined into each other: the compiler's budget for inlining would run out inside a tile's arithmetic.</remarks>
internal unsafe struct NetworkJob : IChunked
{
    public Stage* Stages;
    public int StageCount;

    /// <summary>The stages below the joint, where tower and product come together.</summary>
    public int TowerStages;

    public PairPointers Tower;
    public PairPointers Product;

    public Real* Labels;
    public Real* Losses;
    public int Samples;

    /// <summary>The adjoint of each sample's loss.</summary>
    public Real Share;

    /// <summary>A thread's scratch: the stages' inputs and outputs, and two adjoints at <see cref="Adjoints"/>, <see cref="AdjointLength"/> long each.</summary>
    public Real* Scratch;
    public nint ScratchStride;

    /// <summary>The number of the minibatch, and a thread's number of the last one whose weights it has packed, <see cref="PackedApart"/> apart.</summary>
    public int Minibatch;
    public int* PackedFor;
    public nint Adjoints;
    public nint AdjointLength;

    /// <summary>The joint's place in the scratch, its row length, and how many of its columns are the tower's.</summary>
    public nint Joint;
    public int JointColumns;
    public int JointTower;

    /// <summary>The place in the scratch of the product's items as their markets see them, and their rows there: 0, 1, 2, ...</summary>
    public nint Seen;
    public int* SeenRows;

    /// <summary>The place in the scratch of weights without the faint ones of idle inputs.</summary>
    public nint Kept;

    /// <summary>Whether anything in or below the tower wants an adjoint.</summary>
    public bool WantsTower;

    /// <summary>The blocks' sums of gradients.</summary>
    public Real* Sums;
    public nint SumsStride;

    public int Bits;

    /// <summary>Two cache lines, which are fetched in pairs: numbers that different threads write.</summary>
    public const int PackedApart = 32;

    /// <inheritdoc/>
    public readonly void Run(int chunk, int worker)
    {
        Real* scratch = Scratch + (worker * ScratchStride);

        // Each thread packs the weights for itself: one that packed them for all would have to take their cache lines from the
        // others, which takes longer than the packing.
        if (PackedFor[worker * PackedApart] != Minibatch)
        {
            for (int i = 0; i < StageCount; i++)
            {
                ref readonly Stage stage = ref Stages[i];
                PackedWeight.Pack(stage.Weight, stage.Bias, stage.Inputs, stage.Outputs, scratch + stage.Packed);
                scratch[stage.Faint] = stage.Rectified > 0 && FaintWeights.AreIn(new(stage.Weight, stage.Inputs * stage.Outputs)) ? 1 : 0;
            }

            PackedFor[worker * PackedApart] = Minibatch;
        }

        int first = chunk * DenseLayer.BlockRows, count = Math.Min(DenseLayer.BlockRows, Samples - first);
        Forward(first, count, scratch);
        Backward(first, count, scratch, Sums + (chunk * SumsStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Forward(int first, int count, Real* scratch)
    {
        if (Tower.Dimension > 0)
        {
            // Without layers the tower is the joint's left columns itself.
            Real* pair = scratch + (TowerStages > 0 ? Stages[0].Input : Joint);
            nint stride = TowerStages > 0 ? Stages[0].InputRow : JointColumns;
            int dimension = Tower.Dimension;
            RowSweep.Over(new LookUp(Tower.User.Value, Tower.User.Rows + first, dimension, pair, stride), 0, count, dimension, Bits);
            if (Tower.IsMarketAware)
                SeeItems(Tower, first, count, pair + dimension, stride);
            else
                RowSweep.Over(new LookUp(Tower.Item.Value, Tower.Item.Rows + first, dimension, pair + dimension, stride), 0, count, dimension, Bits);
        }

        if (Product.Dimension > 0)
        {
            if (Product.IsMarketAware)
                SeeItems(Product, first, count, scratch + Seen, Product.Dimension);
            TablePointers items = ProductItems(first, scratch);
            RowSweep.Over(
                new Multiply(Product.User.Value, Product.User.Rows + first, items.Value, items.Rows, Product.Dimension, scratch + Joint + JointTower, JointColumns),
                0, count, Product.Dimension, Bits);
        }

        for (int i = 0; i < StageCount; i++)
        {
            ref readonly Stage stage = ref Stages[i];
            MatrixTile tile = new()
            {
                A = scratch + stage.Input,
                ARow = stage.InputRow,
                AStep = 1,
                B = PackedWithoutFaint(stage, scratch, count),
                BRow = stage.Outputs,
                C0 = scratch + stage.Packed + ((nint)stage.Inputs * stage.Outputs),
                C0Row = 0,
                C = scratch + stage.Output,
                CRow = stage.OutputRow,
                Rows = count,
                Columns = stage.Outputs,
                Depth = stage.Inputs,
            };
            if (stage.IsOutput)
                tile.Run<Chain>(Bits);
            else
                tile.Run<Rectified>(Bits);
        }
    }

    // The packed weights, for a block whose inputs are there; also says whether its way back goes without the faint ones.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly Real* PackedWithoutFaint(in Stage stage, Real* scratch, int count)
    {
        Real* packed = scratch + stage.Packed, sums = scratch + stage.InputSums, leavesOut = scratch + stage.Faint + 1;
        *leavesOut = scratch[stage.Faint] != 0 && FaintWeights.SumInputs(scratch + stage.Input, stage.InputRow, count, sums, stage.Inputs, stage.Rectified, Bits) ? 1 : 0;
        if (*leavesOut == 0)
            return packed;
        RowSweep.Over(new LeaveOutFaint(packed, sums, true, stage.Outputs, scratch + Kept), 0, stage.Inputs, stage.Outputs, Bits);
        return scratch + Kept;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly Real* WithoutFaint(in Stage stage, Real* scratch)
    {
        if (scratch[stage.Faint + 1] == 0)
            return stage.Weight;
        RowSweep.Over(new LeaveOutFaint(stage.Weight, scratch + stage.InputSums, false, stage.Inputs, scratch + Kept), 0, stage.Outputs, stage.Inputs, Bits);
        return scratch + Kept;
    }

    // The items' vectors times those of their samples' markets.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SeeItems(in PairPointers pair, int first, int count, Real* y, nint stride) => RowSweep.Over(
        new Multiply(pair.Item.Value, pair.Item.Rows + first, pair.Market.Value, pair.Market.Rows + first, pair.Dimension, y, stride), 0, count, pair.Dimension, Bits);

    // What of the items the product multiplies: rows of their table, or of the block's own where markets have a view of them.
    private readonly TablePointers ProductItems(int first, Real* scratch) => Product.IsMarketAware
        ? new() { Value = scratch + Seen, Rows = SeenRows }
        : new() { Value = Product.Item.Value, Rows = Product.Item.Rows + first };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Backward(int first, int count, Real* scratch, Real* sums)
    {
        Real* dy = scratch + Adjoints, dx = dy + AdjointLength;
        Real* logits = scratch + Stages[StageCount - 1].Output;
        Sweep.Over(new LossAndAdjoint(logits, Labels + first, Share, Losses + first, dy), 0, count, Bits);
        Real* totals = null; // of a stage's bias, where the stage above has summed its gradient with the adjoint
        for (int i = StageCount - 1; i >= 0; i--)
        {
            ref readonly Stage stage = ref Stages[i];
            SumGradients(stage, scratch, dy, count, sums, withBias: totals is null);
            if (!stage.WantsInput)
                return;
            totals = stage.FollowsRectifier && Stages[i - 1].BiasSum >= 0 ? sums + Stages[i - 1].BiasSum : null;
            TakeToInput(stage, scratch, dy, dx, count, totals);
            Swap(ref dy, ref dx);
            if (i == TowerStages && !LeaveJoint(first, count, scratch, ref dy, ref dx))
                return;
        }

        if (TowerStages > 0)
            LeavePair(first, count, dy, Stages[0].Inputs);
    }

    // The block's part of a stage's gradients: dW from the adjoint and the input, db from the adjoint.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SumGradients(in Stage stage, Real* scratch, Real* dy, int count, Real* sums, bool withBias)
    {
        if (stage.WeightSum >= 0)
        {
            new MatrixTile
            {
                A = dy,
                ARow = 1,
                AStep = stage.Outputs,
                B = scratch + stage.Input,
                BRow = stage.InputRow,
                C = sums + stage.WeightSum,
                CRow = stage.Inputs,
                Rows = stage.Outputs,
                Columns = stage.Inputs,
                Depth = count,
            }.Run<ChainFromZero>(Bits);
        }

        if (withBias && stage.BiasSum >= 0)
        {
            new Span<Real>(sums + stage.BiasSum, stage.Outputs).Clear();
            new ColumnSums(dy, stage.Outputs, count, sums + stage.BiasSum).Run(stage.Outputs, Bits);
        }
    }

    // The input's adjoint; where there are totals, they become the bias's gradient of the stage below.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void TakeToInput(in Stage stage, Real* scratch, Real* dy, Real* dx, int count, Real* totals)
    {
        MatrixTile tile = new()
        {
            A = dy,
            ARow = stage.Outputs,
            AStep = 1,
            B = WithoutFaint(stage, scratch),
            BRow = stage.Inputs,
            C = dx,
            CRow = stage.Inputs,
            Sides = (nint)(scratch + stage.Input - dx), // a rectifier's output has rows as long as the input's: no gaps
            Rows = count,
            Columns = stage.Inputs,
            Depth = stage.Outputs,
            Totals = totals,
        };
        if (totals is not null)
        {
            new Span<Real>(totals, stage.Inputs).Clear();
            tile.Run<SummedRectifierAdjoint>(Bits);
        }
        else if (stage.FollowsRectifier)
            tile.Run<RectifierAdjoint>(Bits);
        else
            tile.Run<ChainFromZero>(Bits);
    }

    // From the joint's adjoint: the product's rows get theirs; the tower's top, through its rectifier, is what goes on down.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool LeaveJoint(int first, int count, Real* scratch, ref Real* dy, ref Real* dx)
    {
        LeaveProduct(first, count, scratch, dy + JointTower, dx);
        if (!WantsTower)
            return false;
        if (TowerStages == 0)
        {
            LeavePair(first, count, dy, JointColumns);
            return false;
        }

        RowSweep.Over(new TopAdjoint(scratch + Joint, dy, JointColumns, dx, JointTower), 0, count, JointTower, Bits);
        Swap(ref dy, ref dx);
        return true;
    }

    // The factors' adjoints. That of an item as its market sees it goes on from dx to the item's and the market's rows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeaveProduct(int first, int count, Real* scratch, Real* dy, Real* dx)
    {
        int dimension = Product.Dimension;
        nint start = (nint)first * dimension;
        if (Product.User.Adjoint is not null)
        {
            TablePointers items = ProductItems(first, scratch);
            RowSweep.Over(new MultiplyAdjoint(items.Value, items.Rows, dimension, dy, JointColumns, Product.User.Adjoint + start), 0, count, dimension, Bits);
        }

        if (!Product.WantsItemAdjoint)
            return;
        Real* ditem = Product.IsMarketAware ? dx : Product.Item.Adjoint + start;
        RowSweep.Over(new MultiplyAdjoint(Product.User.Value, Product.User.Rows + first, dimension, dy, JointColumns, ditem), 0, count, dimension, Bits);
        if (Product.IsMarketAware)
            LeaveSeen(Product, first, count, ditem, dimension);
    }

    // From the adjoint of items as their markets see them to the items' rows and the markets'.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeaveSeen(in PairPointers pair, int first, int count, Real* dy, nint stride)
    {
        int dimension = pair.Dimension;
        nint start = (nint)first * dimension;
        if (pair.Item.Adjoint is not null)
            RowSweep.Over(new MultiplyAdjoint(pair.Market.Value, pair.Market.Rows + first, dimension, dy, stride, pair.Item.Adjoint + start), 0, count, dimension, Bits);
        if (pair.Market.Adjoint is not null)
            RowSweep.Over(new MultiplyAdjoint(pair.Item.Value, pair.Item.Rows + first, dimension, dy, stride, pair.Market.Adjoint + start), 0, count, dimension, Bits);
    }

    private static void Swap(ref Real* a, ref Real* b)
    {
        Real* was = a;
        a = b;
        b = was;
    }

    // The pair's rows get their columns of the adjoint.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeavePair(int first, int count, Real* dy, nint stride)
    {
        int dimension = Tower.Dimension;
        nint start = (nint)first * dimension;
        if (Tower.User.Adjoint is not null)
            RowSweep.Over(new TakeColumns(dy, stride, Tower.User.Adjoint + start, dimension), 0, count, dimension, Bits);
        if (Tower.IsMarketAware)
            LeaveSeen(Tower, first, count, dy + dimension, stride);
        else if (Tower.Item.Adjoint is not null)
            RowSweep.Over(new TakeColumns(dy + dimension, stride, Tower.Item.Adjoint + start, dimension), 0, count, dimension, Bits);
    }
}
