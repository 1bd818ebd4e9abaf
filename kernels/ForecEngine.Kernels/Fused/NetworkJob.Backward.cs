// The backward half of the fused step: computes a block's adjoints from the logits to the rows of the tables, and its sums of gradients.

namespace ForecEngine.Kernels.Fused;

internal unsafe partial struct NetworkJob
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Backward(int first, int count, Real* scratch, Real* sums)
    {
        Real* dy = scratch + Adjoints, dx = dy + AdjointLength;
        Real* totals = null; // not null if the stage above has already summed this stage's bias gradient
        for (int i = StageCount - 1; i >= 0; i--)
        {
            ref readonly Stage stage = ref Stages[i];
            if (stage.WeightSum >= 0)
                SumWeightGradient(stage, scratch, dy, count, sums + stage.WeightSum);
            if (stage.BiasSum >= 0 && totals is null)
                SumBiasGradient(stage, dy, count, sums + stage.BiasSum);
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

    // The block's part of a weight's gradient, from the adjoint and the input.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SumWeightGradient(in Stage stage, Real* scratch, Real* dy, int count, Real* sum)
    {
        MatrixTile tile = new()
        {
            A = dy,
            ARow = 1,
            AStep = stage.Outputs,
            B = scratch + stage.Input,
            BRow = stage.InputRow,
            C = sum,
            CRow = stage.Inputs,
            Rows = stage.Outputs,
            Columns = stage.Inputs,
            Depth = count,
        };
        tile.Run<PlainSum>(Bits);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void SumBiasGradient(in Stage stage, Real* dy, int count, Real* sum)
    {
        new Span<Real>(sum, stage.Outputs).Clear();
        new ColumnSums(dy, stage.Outputs, count, sum).Run(stage.Outputs, Bits);
    }

    // The input's adjoint. If totals is not null, the bias gradient of the stage below is added there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void TakeToInput(in Stage stage, Real* scratch, Real* dy, Real* dx, int count, Real* totals)
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
            Sides = (nint)(scratch + stage.Input - dx), // from dx to the ReLU's output; both have the same row stride
            Rows = count,
            Columns = stage.Inputs,
            Depth = stage.Outputs,
            Totals = totals is null ? scratch + Totals : totals,
        };
        if (!stage.FollowsRectifier)
        {
            tile.Run<PlainSum>(Bits);
            return;
        }

        new Span<Real>(tile.Totals, stage.Inputs).Clear();
        tile.Run<RectifierAdjoint>(Bits);
    }

    // Passes the joint's adjoint to the product's rows, and through its last ReLU to the tower. Returns whether the tower needs it.
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

        Rows(new TopAdjoint(scratch + Joint, dy, JointColumns, dx, JointTower), count, JointTower);
        Swap(ref dy, ref dx);
        return true;
    }

    // The adjoints of the product's factors. In market-aware models dx holds the adjoint of item x market, from which the adjoints of the
    // item's and the market's row are computed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeaveProduct(int first, int count, Real* scratch, Real* dy, Real* dx)
    {
        int dimension = Product.Dimension;
        nint start = (nint)first * dimension;
        if (Product.User.Adjoint is not null)
        {
            TablePointers items = ProductItems(first, scratch);
            Rows(new MultiplyAdjoint(items.Value, items.Rows, dimension, dy, JointColumns, Product.User.Adjoint + start), count, dimension);
        }

        if (!Product.WantsItemAdjoint)
            return;
        Real* ditem = Product.IsMarketAware ? dx : Product.Item.Adjoint + start;
        Rows(new MultiplyAdjoint(Product.User.Value, Product.User.Rows + first, dimension, dy, JointColumns, ditem), count, dimension);
        if (Product.IsMarketAware)
            LeaveSeen(Product, first, count, ditem, dimension);
    }

    // The adjoints of the items' and markets' rows, from the adjoint of their product.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeaveSeen(in PairPointers pair, int first, int count, Real* dy, nint stride)
    {
        int dimension = pair.Dimension;
        nint start = (nint)first * dimension;
        (TablePointers item, TablePointers market) = (pair.Item, pair.Market);
        if (item.Adjoint is not null)
            Rows(new MultiplyAdjoint(market.Value, market.Rows + first, dimension, dy, stride, item.Adjoint + start), count, dimension);
        if (market.Adjoint is not null)
            Rows(new MultiplyAdjoint(item.Value, item.Rows + first, dimension, dy, stride, market.Adjoint + start), count, dimension);
    }

    private static void Swap(ref Real* a, ref Real* b)
    {
        Real* was = a;
        a = b;
        b = was;
    }

    // Copies each table's columns of the adjoint to its rows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void LeavePair(int first, int count, Real* dy, nint stride)
    {
        int dimension = Tower.Dimension;
        nint start = (nint)first * dimension;
        if (Tower.User.Adjoint is not null)
            Rows(new TakeColumns(dy, stride, Tower.User.Adjoint + start, dimension), count, dimension);
        if (Tower.IsMarketAware)
            LeaveSeen(Tower, first, count, dy + dimension, stride);
        else if (Tower.Item.Adjoint is not null)
            Rows(new TakeColumns(dy + dimension, stride, Tower.Item.Adjoint + start, dimension), count, dimension);
    }
}
