// The fused step as work for a team: a chunk is a block of samples - what one chain of a weight's gradient goes over
// (Ops/DenseLayer), and small enough that activations and adjoints stay in the nearest caches - taken through the whole network
// and back. Who takes which block cannot be seen: every block has sums of its own, which join in index order afterwards.

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>Forward and backward of a minibatch, or forward alone.</summary>
/// <remarks>Its parts are not inlined into each other: the compiler's budget for inlining would run out inside a tile's arithmetic.</remarks>
internal unsafe struct NetworkJob : IChunked
{
    public Stage* Stages;
    public int StageCount;

    /// <summary>The stages below the joint, where tower and product come together.</summary>
    public int TowerStages;

    public PairPointers Tower;
    public PairPointers Product;

    /// <summary>Of samples that are trained on, the labels are read and the losses written; else the logits are written, which are null only there.</summary>
    public Real* Labels, Losses, Logits;

    public int Samples;

    /// <summary>The adjoint of each sample's loss.</summary>
    public Real Share;

    /// <summary>A thread's scratch: the stages' inputs and outputs, and two adjoints at <see cref="Adjoints"/>, <see cref="AdjointLength"/> long each.</summary>
    public Real* Scratch;
    public nint ScratchStride;

    /// <summary>The number of the minibatch, and a thread's number of the last one whose weights it has packed, <see cref="Workers.Apart"/> apart.</summary>
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

    /// <summary>
    /// The places in the scratch of the weights' magnitudes, of a vector of picks (ActiveColumns.cs), of a tile's totals, and of a part of a
    /// weight or of its gradient. Behind totals and part is room for a vector.
    /// </summary>
    public nint Magnitude;
    public nint Picks;
    public nint Totals;
    public nint Part;

    /// <summary>A thread's lists of the units that its block goes on with.</summary>
    public int* Lists;
    public nint ListsStride;

    /// <summary>Whether anything in or below the tower wants an adjoint.</summary>
    public bool WantsTower;

    /// <summary>The blocks' sums of gradients.</summary>
    public Real* Sums;
    public nint SumsStride;

    public int Bits;

    /// <inheritdoc/>
    public readonly void Run(int chunk, int worker)
    {
        Real* scratch = Scratch + (worker * ScratchStride);

        if (PackedFor[worker * Workers.Apart] != Minibatch)
        {
            Pack(scratch);
            PackedFor[worker * Workers.Apart] = Minibatch;
        }

        int* lists = Lists + (worker * ListsStride);
        int first = chunk * DenseLayer.BlockRows, count = Math.Min(DenseLayer.BlockRows, Samples - first);
        bool leavesOutIdle = Real.IsFinite(scratch[Magnitude]);
        Forward(first, count, scratch, lists, leavesOutIdle);
        if (leavesOutIdle && !IsOrdinary(scratch, count))
            Forward(first, count, scratch, lists, leavesOutIdle: false);
        if (Logits is null)
            Backward(first, count, scratch, lists, Sums + (chunk * SumsStride));
    }

    // Each thread packs the weights for itself: one that packed them for all would have to take their cache lines from the
    // others, which takes longer than the packing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Pack(Real* scratch)
    {
        Real magnitude = 2; // room for rounding
        for (int i = 0; i < StageCount; i++)
        {
            ref readonly Stage stage = ref Stages[i];
            PackedWeight.Pack(stage.Weight, stage.Bias, stage.Inputs, stage.Outputs, scratch + stage.Packed, Bits);
            magnitude *= 1 + TensorPrimitives.SumOfMagnitudes(new ReadOnlySpan<Real>(scratch + stage.Packed, PackedWeight.Length(stage.Inputs, stage.Outputs)));
        }

        scratch[Magnitude] = magnitude;
    }

    // Whether every number of a block is finite, up and down: only then is all 0 that was left out. No activation is greater than the rows'
    // magnitudes times the layers', no adjoint than the logits' times the layers'.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool IsOrdinary(Real* scratch, int count)
    {
        Real ends = 1 + TensorPrimitives.SumOfMagnitudes(new ReadOnlySpan<Real>(scratch + Adjoints, Logits is null ? count : 0))
            + TensorPrimitives.SumOfMagnitudes(new ReadOnlySpan<Real>(scratch + Joint, count * JointColumns));
        if (TowerStages > 0)
            ends += TensorPrimitives.SumOfMagnitudes(new ReadOnlySpan<Real>(scratch + Stages[0].Input, count * Stages[0].Inputs));
        return Real.IsFinite(ends * scratch[Magnitude]);
    }

    private static ActiveUnits Inputs(in Stage stage, int* lists) => ActiveUnits.Of(lists + stage.Active, stage.Inputs);

    // The tower's top keeps its columns in the joint.
    private readonly ActiveUnits Outputs(int i, int* lists) =>
        i + 1 < StageCount && Stages[i + 1].FollowsRectifier ? Inputs(Stages[i + 1], lists) : ActiveUnits.Each(Stages[i].Outputs);

    // Up to the logits, or the losses and the logits' adjoints.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Forward(int first, int count, Real* scratch, int* lists, bool leavesOutIdle)
    {
        if (Tower.Dimension > 0)
        {
            // Without layers the tower is the joint's left columns itself.
            Real* pair = scratch + (TowerStages > 0 ? Stages[0].Input : Joint);
            nint stride = TowerStages > 0 ? Stages[0].InputRow : JointColumns;
            int dimension = Tower.Dimension;
            Sweep.Rows(new CopyRows(Tower.User.Value, dimension, Tower.User.Rows + first, pair, stride), 0, count, dimension, Bits);
            if (Tower.IsMarketAware)
                SeeItems(Tower, first, count, pair + dimension, stride);
            else
                Sweep.Rows(new CopyRows(Tower.Item.Value, dimension, Tower.Item.Rows + first, pair + dimension, stride), 0, count, dimension, Bits);
        }

        if (Product.Dimension > 0)
        {
            if (Product.IsMarketAware)
                SeeItems(Product, first, count, scratch + Seen, Product.Dimension);
            TablePointers items = ProductItems(first, scratch);
            Sweep.Rows(
                new Multiply(Product.User.Value, Product.User.Rows + first, items.Value, items.Rows, Product.Dimension, scratch + Joint + JointTower, JointColumns),
                0, count, Product.Dimension, Bits);
        }

        for (int i = 0; i < StageCount; i++)
        {
            ref readonly Stage stage = ref Stages[i];
            if (leavesOutIdle && stage.Rectified > 0)
                LeaveOutIdle(stage, scratch, lists + stage.Active, count);
            else
                ActiveUnits.ListAll(lists + stage.Active);
            ToOutput(stage, scratch, Inputs(stage, lists), count);
        }

        Real* logits = scratch + Stages[StageCount - 1].Output;
        if (Logits is not null)
            new ReadOnlySpan<Real>(logits, count).CopyTo(new Span<Real>(Logits + first, count));
        else
            Sweep.Over(new LossAndAdjoint(logits, Labels + first, Share, Losses + first, scratch + Adjoints), 0, count, Bits);
    }

    // Lists the inputs that the block goes on with, by the totals that the layer below left, and moves their columns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeaveOutIdle(in Stage stage, Real* scratch, int* list, int count)
    {
        ActiveUnits.List(list, scratch + Totals, stage.Rectified, stage.Inputs, stage.FollowsRectifier);
        ActiveUnits units = ActiveUnits.Of(list, stage.Inputs);
        if (units.Places is not null)
            Sweep.Over(new PushTogether(scratch + stage.Input, stage.InputRow, count, units.Places, scratch + Picks), 0, units.All, Bits);
    }

    // What the rectifier gives, or the logits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ToOutput(in Stage stage, Real* scratch, ActiveUnits inputs, int count)
    {
        Real* packed = scratch + stage.Packed, weight = inputs.Units is null ? packed : scratch + Part;
        if (inputs.Units is not null)
            Sweep.Rows(new CopyRows(packed, stage.Outputs, inputs.Units, weight, stage.Outputs), 0, inputs.Count, stage.Outputs, Bits);
        if (stage.IsOutput)
        {
            Sweep.Over(new MatrixVector(scratch + stage.Input, stage.InputRow, weight, inputs.Count, packed[stage.Inputs], scratch + stage.Output), 0, count, Bits);
            return;
        }

        MatrixTile tile = new()
        {
            A = scratch + stage.Input,
            ARow = stage.InputRow,
            AStep = 1,
            B = weight,
            BRow = stage.Outputs,
            C0 = packed + ((nint)stage.Inputs * stage.Outputs),
            C0Row = 0,
            C = scratch + stage.Output,
            CRow = stage.OutputRow,
            Rows = count,
            Columns = stage.Outputs,
            Depth = inputs.Count,
            Totals = scratch + Totals,
        };
        new Span<Real>(tile.Totals, stage.Outputs).Clear();
        tile.Run<RectifiedSum>(Bits);
    }

    // The items' vectors times those of their samples' markets.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SeeItems(in PairPointers pair, int first, int count, Real* y, nint stride) => Sweep.Rows(
        new Multiply(pair.Item.Value, pair.Item.Rows + first, pair.Market.Value, pair.Market.Rows + first, pair.Dimension, y, stride), 0, count, pair.Dimension, Bits);

    // What of the items the product multiplies: rows of their table, or of the block's own where markets have a view of them.
    private readonly TablePointers ProductItems(int first, Real* scratch) => Product.IsMarketAware
        ? new() { Value = scratch + Seen, Rows = SeenRows }
        : new() { Value = Product.Item.Value, Rows = Product.Item.Rows + first };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Backward(int first, int count, Real* scratch, int* lists, Real* sums)
    {
        Real* dy = scratch + Adjoints, dx = dy + AdjointLength;
        Real* totals = null; // of a stage's bias, where the stage above has summed its gradient with the adjoint
        for (int i = StageCount - 1; i >= 0; i--)
        {
            ref readonly Stage stage = ref Stages[i];
            ActiveUnits inputs = Inputs(stage, lists), outputs = Outputs(i, lists);
            if (stage.WeightSum >= 0)
                SumWeightGradient(stage, outputs, inputs, scratch, dy, count, sums + stage.WeightSum);
            if (stage.BiasSum >= 0 && totals is null)
                SumBiasGradient(stage, dy, count, sums + stage.BiasSum);
            if (!stage.WantsInput)
                return;
            totals = stage.FollowsRectifier && Stages[i - 1].BiasSum >= 0 ? sums + Stages[i - 1].BiasSum : null;
            TakeToInput(stage, outputs, inputs, scratch, dy, dx, count, totals);
            Swap(ref dy, ref dx);
            if (i == TowerStages && !LeaveJoint(first, count, scratch, ref dy, ref dx))
                return;
        }

        if (TowerStages > 0)
            LeavePair(first, count, dy, Stages[0].Inputs);
    }

    // The block's part of a weight's gradient, from the adjoint and the input.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SumWeightGradient(in Stage stage, ActiveUnits outputs, ActiveUnits inputs, Real* scratch, Real* dy, int count, Real* sum)
    {
        bool isPart = outputs.Places is not null || inputs.Places is not null;
        MatrixTile tile = new()
        {
            A = dy,
            ARow = 1,
            AStep = stage.Outputs,
            B = scratch + stage.Input,
            BRow = stage.InputRow,
            C = isPart ? scratch + Part : sum,
            CRow = inputs.Columns,
            Rows = outputs.Columns,
            Columns = inputs.Columns,
            Depth = count,
        };
        tile.Run<PlainSum>(Bits);
        if (inputs.Places is not null)
            Sweep.Over(new PullApart(tile.C, tile.CRow, outputs.Places, stage.Outputs, inputs.Places, sum, stage.Inputs, scratch + Picks), 0, stage.Inputs, Bits);
        else if (isPart)
            Sweep.Rows(new CopyRows(tile.C, tile.CRow, outputs.Places, sum, stage.Inputs), 0, stage.Outputs, stage.Inputs, Bits);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SumBiasGradient(in Stage stage, Real* dy, int count, Real* sum)
    {
        new Span<Real>(sum, stage.Outputs).Clear();
        new ColumnSums(dy, stage.Outputs, count, sum).Run(stage.Outputs, Bits);
    }

    // The input's adjoint; where there are totals, they become the bias's gradient of the stage below.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void TakeToInput(in Stage stage, ActiveUnits outputs, ActiveUnits inputs, Real* scratch, Real* dy, Real* dx, int count, Real* totals)
    {
        MatrixTile tile = new()
        {
            A = dy,
            ARow = stage.Outputs,
            AStep = 1,
            B = PartOfWeight(stage, outputs, inputs, scratch),
            BRow = stage.Inputs,
            C = dx,
            CRow = stage.Inputs,
            Sides = (nint)(scratch + stage.Input - dx), // a rectifier's output has rows as long as the input's: no gaps
            Rows = count,
            Columns = inputs.Columns,
            Depth = outputs.Count,
            Totals = totals is null || inputs.Places is not null ? scratch + Totals : totals,
        };
        if (stage.FollowsRectifier)
        {
            new Span<Real>(tile.Totals, inputs.Columns).Clear();
            tile.Run<RectifierAdjoint>(Bits);
            if (totals is not null && inputs.Places is not null)
                Sweep.Over(new PullApart(tile.Totals, 0, null, 1, inputs.Places, totals, 0, scratch + Picks), 0, stage.Inputs, Bits);
        }
        else
        {
            tile.Run<PlainSum>(Bits);
        }
    }

    // The rows of the active outputs, the columns of the active inputs pushed together in each.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly Real* PartOfWeight(in Stage stage, ActiveUnits outputs, ActiveUnits inputs, Real* scratch)
    {
        if (outputs.Units is null && inputs.Units is null)
            return stage.Weight;
        Real* part = scratch + Part;
        Sweep.Rows(new CopyRows(stage.Weight, stage.Inputs, outputs.Units, part, stage.Inputs), 0, outputs.Count, stage.Inputs, Bits);
        if (inputs.Places is not null)
            Sweep.Over(new PushTogether(part, stage.Inputs, outputs.Count, inputs.Places, scratch + Picks), 0, inputs.All, Bits);
        inputs.ClearIdle(part, stage.Inputs, outputs.Count);
        return part;
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

        Sweep.Rows(new TopAdjoint(scratch + Joint, dy, JointColumns, dx, JointTower), 0, count, JointTower, Bits);
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
            Sweep.Rows(new MultiplyAdjoint(items.Value, items.Rows, dimension, dy, JointColumns, Product.User.Adjoint + start), 0, count, dimension, Bits);
        }

        if (!Product.WantsItemAdjoint)
            return;
        Real* ditem = Product.IsMarketAware ? dx : Product.Item.Adjoint + start;
        Sweep.Rows(new MultiplyAdjoint(Product.User.Value, Product.User.Rows + first, dimension, dy, JointColumns, ditem), 0, count, dimension, Bits);
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
            Sweep.Rows(new MultiplyAdjoint(pair.Market.Value, pair.Market.Rows + first, dimension, dy, stride, pair.Item.Adjoint + start), 0, count, dimension, Bits);
        if (pair.Market.Adjoint is not null)
            Sweep.Rows(new MultiplyAdjoint(pair.Item.Value, pair.Item.Rows + first, dimension, dy, stride, pair.Market.Adjoint + start), 0, count, dimension, Bits);
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
            Sweep.Rows(new TakeColumns(dy, stride, Tower.User.Adjoint + start, dimension), 0, count, dimension, Bits);
        if (Tower.IsMarketAware)
            LeaveSeen(Tower, first, count, dy + dimension, stride);
        else if (Tower.Item.Adjoint is not null)
            Sweep.Rows(new TakeColumns(dy + dimension, stride, Tower.Item.Adjoint + start, dimension), 0, count, dimension, Bits);
    }
}
