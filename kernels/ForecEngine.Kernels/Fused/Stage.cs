// A dense layer in the fused step: pointers to its parameters, and offsets in a thread's scratch for its results.

namespace ForecEngine.Kernels.Fused;

/// <summary>A layer between the gathered rows and the logit.</summary>
internal unsafe struct Stage
{
    /// <summary>The weight as stored, [out, in]; the input's adjoint is computed from it.</summary>
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

    /// <summary>The offsets of the input's and the output's first row in a scratch, and the strides of their rows.</summary>
    public nint Input, InputRow, Output, OutputRow;

    /// <summary>The offsets of the gradients in a block's sums; negative if they are not needed.</summary>
    public nint WeightSum, BiasSum;

    /// <summary>Whether anything below needs an adjoint.</summary>
    public bool WantsInput;

    /// <summary>Whether the input is exactly a ReLU's output, so that the ReLU's adjoint is fused into the matrix product.</summary>
    public bool FollowsRectifier;

    /// <summary>Whether this is the output layer, which has no ReLU.</summary>
    public bool IsOutput;
}

/// <summary>A table, the row of each sample, and the memory for the adjoints of these rows; null for an absent table or gradient.</summary>
internal unsafe struct TablePointers
{
    public Real* Value;
    public int* Rows;
    public Real* Adjoint;
}

/// <summary>The tables of an input branch.</summary>
internal unsafe struct PairPointers
{
    public TablePointers User;
    public TablePointers Item;
    public TablePointers Market;
    public int Dimension;

    /// <summary>Whether the items' vectors are multiplied by the markets'.</summary>
    public readonly bool IsMarketAware => Market.Value is not null;

    /// <summary>Whether the item's vector times the market's needs an adjoint.</summary>
    public readonly bool WantsItemAdjoint => Item.Adjoint is not null || Market.Adjoint is not null;
}
