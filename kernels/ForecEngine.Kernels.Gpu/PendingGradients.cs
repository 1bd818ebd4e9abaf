// The gradients of a fused step before they have been added to the network's gradients: the groups' sums of the weights' gradients and of
// the loss, and the tables' positions, which are sorted already. The update that follows adds them up as it moves the parameters.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The sums and positions that a fused step leaves for the update. An instance is reused from step to step.</summary>
internal sealed class PendingGradients
{
    private readonly List<Table> _tables = [];

    /// <summary>The dense gradients, each with the offset of its elements in a group's sums.</summary>
    public List<(Slice<float> Gradient, int Offset)> Dense { get; } = [];

    /// <summary>The groups' sums, <see cref="SumStride"/> apart.</summary>
    public Slice<float> Sums { get; set; }

    /// <summary>The number of groups.</summary>
    public int SumCount { get; set; }

    /// <summary>The distance of two groups' sums.</summary>
    public int SumStride { get; set; }

    /// <summary>The losses, which add up to <see cref="Loss"/> if that is not empty.</summary>
    public Slice<float> Losses { get; set; }

    /// <summary>Receives the sum of the losses; empty if the losses are in place.</summary>
    public Slice<float> Loss { get; set; }

    /// <summary>Forgets the tables' positions.</summary>
    public void ClearTables() => _tables.Clear();

    /// <summary>Adds positions of a table.</summary>
    /// <param name="gradient">The table's gradient.</param>
    /// <param name="first">The first position.</param>
    /// <param name="rows">Their rows.</param>
    /// <param name="keys">The keys of all positions of the gradient; empty if they have not been sorted.</param>
    /// <param name="blockLength">The length of a block of keys.</param>
    public void Add(RowGradient gradient, int first, Slice<int> rows, Slice<long> keys, int blockLength) =>
        _tables.Add(new Table(gradient, first, rows, keys, blockLength));

    /// <summary>Whether an update uses every gradient and the loss, so that nothing is left after it.</summary>
    public bool IsWholly<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters, Slice<float> losses)
        where TRule : unmanaged, IUpdateRule
    {
        if (!losses.IsSameAs(Loss.IsEmpty ? Losses : Loss))
            return false;
        foreach ((Slice<float> gradient, _) in Dense)
        {
            if (!Has(parameters, gradient, gradient.Length, isWhole: true))
                return false;
        }

        foreach (Table table in _tables)
        {
            if (table.Keys.IsEmpty || !Has(parameters, table.Gradient.Values.Values, table.Gradient.Rows.Count, isWhole: false))
                return false;
        }

        return true;
    }

    /// <summary>The offset of a gradient in a group's sums; -1 if it is not among them.</summary>
    public int OffsetOf(Slice<float> gradient)
    {
        foreach ((Slice<float> left, int offset) in Dense)
        {
            if (left.IsSameAs(gradient))
                return offset;
        }

        return -1;
    }

    /// <summary>The sorted positions of a table's gradient; null if there are none.</summary>
    public (Slice<long> Keys, int BlockLength)? KeysOf(Slice<float> gradient)
    {
        foreach (Table table in _tables)
        {
            if (gradient.IsSameAs(table.Gradient.Values.Values))
                return (table.Keys, table.BlockLength);
        }

        return null;
    }

    /// <summary>Copies the positions' rows to the gradients, for operations that read them.</summary>
    public void CopyRows(GpuDevice device)
    {
        foreach (Table table in _tables)
            device.Copy(table.Rows, table.Gradient.Rows.Values.Part(table.First, table.Rows.Length));
    }

    private static bool Has<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters, Slice<float> gradient, int rows, bool isWhole)
        where TRule : unmanaged, IUpdateRule
    {
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            if (parameter.IsWhole == isWhole && gradient.IsSameAs(parameter.Gradient.Values) && (isWhole || parameter.Rows.Count == rows))
                return true;
        }

        return false;
    }

    private readonly record struct Table(RowGradient Gradient, int First, Slice<int> Rows, Slice<long> Keys, int BlockLength);
}
