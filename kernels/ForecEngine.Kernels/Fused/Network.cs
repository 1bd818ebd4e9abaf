// The family of networks that the fused step trains, as data: neural collaborative filtering (He et al., WWW 2017) and its
// forks (Bonab et al., CIKM 2021). Two tables' rows side by side go up a tower of rectified layers; two other tables' rows
// are multiplied; the two results side by side go up a head of rectified layers, then through one layer to a logit:
//   logit = output(head([tower([p_user; q_item]); p'_user x q'_item])).
// GMF has no tower, MLP no product, a model that is no fork no head. Market-aware (Bhargav et al., ECIR 2023), an item's vector
// is multiplied by its market's, elementwise, before it goes up the tower or is multiplied by the user's: q_item x m_market.

namespace ForecEngine.Kernels.Fused;

/// <summary>A table of vectors, and where the adjoints of its looked-up rows go.</summary>
/// <param name="Value">The vectors, one a row.</param>
/// <param name="Adjoint">Overwritten with the adjoint of each sample's vector, [samples, dimension]; empty where not wanted.</param>
public readonly record struct NetworkTable(Matrix Value, Matrix Adjoint)
{
    /// <summary>Whether an adjoint is wanted.</summary>
    public bool WantsAdjoint => !Adjoint.Values.IsEmpty;
}

/// <summary>The tables that give a sample's pair of vectors: the user's, and the item's as the sample's market sees it.</summary>
/// <param name="User">The users' vectors.</param>
/// <param name="Item">The items' vectors, of the same dimension.</param>
/// <param name="Market">The markets' vectors, by which the items' are multiplied; the default where an item's vector is taken as it is.</param>
public readonly record struct TablePair(NetworkTable User, NetworkTable Item, NetworkTable Market = default)
{
    /// <summary>The vectors' dimension; 0 where there is no pair.</summary>
    public int Dimension => User.Value.Columns;

    /// <summary>Whether items' vectors are multiplied by markets'.</summary>
    public bool IsMarketAware => !Market.Value.Values.IsEmpty;

    /// <summary>Whether an adjoint of any is wanted.</summary>
    public bool WantsAdjoint => User.WantsAdjoint || Item.WantsAdjoint || Market.WantsAdjoint;
}

/// <summary>A dense layer and its gradients, which are added to; an empty one is not wanted.</summary>
/// <param name="Weight">[out, in].</param>
/// <param name="Bias">[out].</param>
/// <param name="WeightGradient">[out, in], or empty.</param>
/// <param name="BiasGradient">[out], or empty.</param>
public readonly record struct NetworkLayer(Matrix Weight, Slice<Real> Bias, Matrix WeightGradient, Slice<Real> BiasGradient)
{
    /// <summary>Whether a gradient is wanted.</summary>
    public bool WantsGradient => !WeightGradient.Values.IsEmpty || !BiasGradient.IsEmpty;
}

/// <summary>A network of the family.</summary>
/// <param name="towerLayers">How many layers the tower has.</param>
/// <param name="headLayers">How many layers the head has.</param>
public sealed class Network(int towerLayers, int headLayers)
{
    private readonly NetworkLayer[] _layers = new NetworkLayer[towerLayers + headLayers + 1];

    /// <summary>What goes up the tower; its default where there is no tower.</summary>
    public TablePair Tower { get; set; }

    /// <summary>What is multiplied; its default where there is no product.</summary>
    public TablePair Product { get; set; }

    /// <summary>How many of the layers are the tower's.</summary>
    public int TowerLayers => towerLayers;

    /// <summary>How many of the layers are the head's.</summary>
    public int HeadLayers => headLayers;

    /// <summary>The tower's layers, the head's, and last the output layer, to 1; all but the last are rectified.</summary>
    public Span<NetworkLayer> Layers => _layers;
}
