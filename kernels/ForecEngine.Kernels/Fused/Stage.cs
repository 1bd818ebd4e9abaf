// A dense layer as the fused step sees it: pointers to what it reads, places in a thread's scratch for what it makes.

namespace ForecEngine.Kernels.Fused;

/// <summary>A layer in its place between the gathered rows and the logit.</summary>
internal unsafe struct Stage
{
    /// <summary>[out, in], as it is kept: what the adjoint of the input is multiplied by.</summary>
    public Real* Weight;

    /// <summary>[out].</summary>
    public Real* Bias;

    /// <summary>
    /// The offset in a scratch of the weight transposed to [in, out], so that lanes run along the outputs, followed by the bias as one
    /// more row.
    /// </summary>
    public nint Packed;

    public int Inputs;
    public int Outputs;

    /// <summary>Where the input's and the output's first row begin in a scratch, and from row to row.</summary>
    public nint Input, InputRow, Output, OutputRow;

    /// <summary>Where the gradients begin in a block's sums; negative where they are not wanted.</summary>
    public nint WeightSum, BiasSum;

    /// <summary>Whether anything below wants an adjoint.</summary>
    public bool WantsInput;

    /// <summary>Whether the input is what a rectifier gave, as it is, so that its adjoint can be taken with the product.</summary>
    public bool FollowsRectifier;

    /// <summary>Whether this is the output layer, which has no rectifier.</summary>
    public bool IsOutput;
}

/// <summary>
/// A table, the index that each sample looks up, and the memory for the adjoints of these rows; null for what is absent.
/// </summary>
internal unsafe struct TablePointers
{
    public Real* Value;
    public int* Rows;
    public Real* Adjoint;
}

/// <summary>The tables of a pair.</summary>
internal unsafe struct PairPointers
{
    public TablePointers User;
    public TablePointers Item;
    public TablePointers Market;
    public int Dimension;

    /// <summary>Whether items' vectors are multiplied by markets'.</summary>
    public readonly bool IsMarketAware => Market.Value is not null;

    /// <summary>Whether the item's vector, as its market sees it, wants an adjoint.</summary>
    public readonly bool WantsItemAdjoint => Item.Adjoint is not null || Market.Adjoint is not null;
}
