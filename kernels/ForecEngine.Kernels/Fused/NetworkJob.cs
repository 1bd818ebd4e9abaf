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

    public int* Users;
    public int* Items;
    public Real* Labels;
    public Real* Losses;
    public int Samples;

    /// <summary>The adjoint of each sample's loss.</summary>
    public Real Share;

    /// <summary>A thread's scratch: the stages' inputs and outputs, and two adjoints at <see cref="Adjoints"/>, <see cref="AdjointLength"/> long each.</summary>
    public Real* Scratch;
    public nint ScratchStride;
    public nint Adjoints;
    public nint AdjointLength;

    /// <summary>The joint's place in the scratch, its row length, and how many of its columns are the tower's.</summary>
    public nint Joint;
    public int JointColumns;
    public int JointTower;

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
        int first = chunk * DenseLayer.BlockRows, count = Math.Min(DenseLayer.BlockRows, Samples - first);
        Forward(first, count, scratch);
        Backward(first, count, scratch, Sums + (chunk * SumsStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Forward(int first, int count, Real* scratch)
    {
        int* users = Users + first, items = Items + first;
        if (Tower.Dimension > 0)
        {
            // Without layers the tower is the joint's left columns itself.
            Real* pair = scratch + (TowerStages > 0 ? Stages[0].Input : Joint);
            nint stride = TowerStages > 0 ? Stages[0].InputRow : JointColumns;
            int dimension = Tower.Dimension;
            RowSweep.Over(new LookUp(Tower.User, users, dimension, pair, stride), 0, count, dimension, Bits);
            RowSweep.Over(new LookUp(Tower.Item, items, dimension, pair + dimension, stride), 0, count, dimension, Bits);
        }

        if (Product.Dimension > 0)
            RowSweep.Over(new Multiply(Product.User, users, Product.Item, items, Product.Dimension, scratch + Joint + JointTower, JointColumns), 0, count, Product.Dimension, Bits);

        for (int i = 0; i < StageCount; i++)
        {
            ref readonly Stage stage = ref Stages[i];
            MatrixTile tile = new()
            {
                A = scratch + stage.Input,
                ARow = stage.InputRow,
                AStep = 1,
                B = stage.Packed,
                BRow = stage.Outputs,
                C0 = stage.Packed + ((nint)stage.Inputs * stage.Outputs),
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Backward(int first, int count, Real* scratch, Real* sums)
    {
        Real* dy = scratch + Adjoints, dx = dy + AdjointLength;
        Real* logits = scratch + Stages[StageCount - 1].Output;
        Sweep.Over(new LossAndAdjoint(logits, Labels + first, Share, Losses + first, dy), 0, count, Bits);
        for (int i = StageCount - 1; i >= 0; i--)
        {
            ref readonly Stage stage = ref Stages[i];
            SumGradients(stage, scratch, dy, count, sums);
            if (!stage.WantsInput)
                return;
            TakeToInput(stage, scratch, dy, dx, count);
            Swap(ref dy, ref dx);
            if (i == TowerStages && !LeaveJoint(first, count, scratch, ref dy, ref dx))
                return;
        }

        if (TowerStages > 0)
            LeavePair(first, count, dy, Stages[0].Inputs);
    }

    // The block's part of a stage's gradients: dW from the adjoint and the input, db from the adjoint.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SumGradients(in Stage stage, Real* scratch, Real* dy, int count, Real* sums)
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

        if (stage.BiasSum >= 0)
            new ColumnSums(dy, stage.Outputs, count, sums + stage.BiasSum).Run(stage.Outputs, Bits);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void TakeToInput(in Stage stage, Real* scratch, Real* dy, Real* dx, int count)
    {
        MatrixTile tile = new()
        {
            A = dy,
            ARow = stage.Outputs,
            AStep = 1,
            B = stage.Weight,
            BRow = stage.Inputs,
            C = dx,
            CRow = stage.Inputs,
            Sides = (nint)(scratch + stage.Input - dx), // a rectifier's output has rows as long as the input's: no gaps
            Rows = count,
            Columns = stage.Inputs,
            Depth = stage.Outputs,
        };
        if (stage.FollowsRectifier)
            tile.Run<RectifierAdjoint>(Bits);
        else
            tile.Run<ChainFromZero>(Bits);
    }

    // From the joint's adjoint: the product's rows get theirs; the tower's top, through its rectifier, is what goes on down.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool LeaveJoint(int first, int count, Real* scratch, ref Real* dy, ref Real* dx)
    {
        if (Product.WantsAdjoint)
        {
            int dimension = Product.Dimension;
            int* users = Users + first, items = Items + first;
            if (Product.UserAdjoint is not null)
                RowSweep.Over(new MultiplyAdjoint(Product.Item, items, dimension, dy + JointTower, JointColumns, Product.UserAdjoint + ((nint)first * dimension)), 0, count, dimension, Bits);
            if (Product.ItemAdjoint is not null)
                RowSweep.Over(new MultiplyAdjoint(Product.User, users, dimension, dy + JointTower, JointColumns, Product.ItemAdjoint + ((nint)first * dimension)), 0, count, dimension, Bits);
        }

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
        if (Tower.UserAdjoint is not null)
            RowSweep.Over(new TakeColumns(dy, stride, Tower.UserAdjoint + ((nint)first * dimension), dimension), 0, count, dimension, Bits);
        if (Tower.ItemAdjoint is not null)
            RowSweep.Over(new TakeColumns(dy + dimension, stride, Tower.ItemAdjoint + ((nint)first * dimension), dimension), 0, count, dimension, Bits);
    }
}
