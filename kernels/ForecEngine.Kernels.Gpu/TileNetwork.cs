// Describes a network and its samples to the kernels of the fused step. GpuNetworkLayout fills in the description of the network.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The rows that the samples of a tile look up.</summary>
internal interface ITileRows
{
    /// <summary>The number of samples.</summary>
    int Count { get; }

    /// <summary>A number of a sample's row in a table.</summary>
    /// <param name="table">0 and 1 for the tower's user and item, 2 and 3 for the product's.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="column">The column of the table.</param>
    float Load(int table, int sample, int column);

    /// <summary>The label of a sample.</summary>
    float Label(int sample);

    /// <summary>Takes the adjoint of a number of a sample's row.</summary>
    void Store(int table, int sample, int column, float adjoint);
}

/// <summary>
/// A dense layer between the rows and the logit. Places are in fours of the shared memory, unless they say otherwise. Its size divides the
/// alignment of memory.
/// </summary>
internal struct TileLayer
{
    /// <summary>The widths.</summary>
    public int Inputs, Outputs;

    /// <summary>The parameters' offsets in the memory of small tensors, in numbers.</summary>
    public int Weight, Bias;

    /// <summary>The gradients' offsets in a group's sums, in numbers.</summary>
    public int WeightSum, BiasSum;

    /// <summary>The weight's place and the distance of its rows; the bias's place in numbers.</summary>
    public int SharedWeight, SharedRow, SharedBias;

    /// <summary>The places of the input and the output, and the distances of two samples.</summary>
    public int Input, InputRow, Output, OutputRow;

    /// <summary>The inputs before this one are the outputs of a ReLU.</summary>
    public int Rectified;

    /// <summary>Whether the inner step of meta-learning updates the weight and the bias.</summary>
    public int AdaptsWeight, AdaptsBias;

    /// <summary>The fours that the widths take.</summary>
    public readonly int InputFours => (Inputs + 3) >> 2;

    /// <inheritdoc cref="InputFours"/>
    public readonly int OutputFours => (Outputs + 3) >> 2;
}

/// <summary>A network for the kernels. Places are in fours of the shared memory.</summary>
internal struct TileNetwork
{
    public ArrayView<float> Memory;
    public ArrayView<TileLayer> Layers;
    public int LayerCount, TowerLayers;

    /// <summary>The dimensions of the tower's and the product's rows; 0 for a part that is absent.</summary>
    public int Tower, Product;

    /// <summary>The tower's input, the concatenation of tower and product, and the product's factors.</summary>
    public int Pair, PairRow, Joint, JointRow, Factors, FactorsRow;

    /// <summary>The column of the product in the joint.</summary>
    public int ProductColumn;

    /// <summary>The place of the logits' adjoints, and after them of the losses, in numbers.</summary>
    public int Logits;

    /// <summary>The number of samples in a tile, and the fours in use.</summary>
    public int Samples, Fours;
}

/// <summary>A number for each of the tables: the tower's user and item, and the product's.</summary>
internal struct TileTables
{
    public ArrayView<float> TowerUser, TowerItem, ProductUser, ProductItem;

    /// <summary>The memory of a table.</summary>
    public readonly ArrayView<float> Of(int table) =>
        table < 2 ? (table == 0 ? TowerUser : TowerItem) : table == 2 ? ProductUser : ProductItem;

    /// <summary>Sets the memory of a table.</summary>
    public void Set(int table, ArrayView<float> memory)
    {
        switch (table)
        {
            case 0: TowerUser = memory; break;
            case 1: TowerItem = memory; break;
            case 2: ProductUser = memory; break;
            default: ProductItem = memory; break;
        }
    }
}

/// <summary>Adjoints of a table's rows, one per sample, for each of the tables.</summary>
internal struct TileAdjoints
{
    public TileTables Values;

    /// <summary>Bit t is set if table t has a gradient.</summary>
    public int Has;

    /// <summary>Whether a table has a gradient.</summary>
    public readonly bool IsIn(int table) => (Has & (1 << table)) != 0;

    /// <summary>Sets the memory for the adjoints of a table that has a gradient.</summary>
    public void Set(int table, ArrayView<float> memory)
    {
        Has |= 1 << table;
        Values.Set(table, memory);
    }
}

/// <summary>The columns of samples.</summary>
internal struct TileSamples
{
    public ArrayView<int> Users, Items;
    public ArrayView<float> Labels;

    /// <summary>The row of a sample in a table.</summary>
    public readonly int Row(int table, int sample) => (table & 1) == 0 ? Users[sample] : Items[sample];
}
