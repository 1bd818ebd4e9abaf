// The family of networks that the fused step trains, as data: neural collaborative filtering (He et al., WWW 2017) and its
// forks (Bonab et al., CIKM 2021). Two tables' rows side by side go up a tower of rectified layers; two other tables' rows
// are multiplied; the two results side by side go up a head of rectified layers, then through one layer to a logit:
//   logit = output(head([tower([p_user; q_item]); p'_user x q'_item])).
// GMF has no tower, MLP no product, a model that is no fork no head. A model whose looked-up vectors are changed before they
// are used - an item's, multiplied by its market's - would say so in its TablePair.

namespace ForecEngine.Kernels.Fused;

/// <summary>A table of users' vectors and one of items', and where the adjoints of the looked-up rows go.</summary>
/// <param name="User">The users' vectors.</param>
/// <param name="Item">The items' vectors, of the same dimension.</param>
/// <param name="UserAdjoint">Overwritten with the adjoint of each sample's user vector, [samples, dimension]; empty where not wanted.</param>
/// <param name="ItemAdjoint">The same for the items.</param>
public readonly record struct TablePair(Matrix User, Matrix Item, Matrix UserAdjoint, Matrix ItemAdjoint)
{
    /// <summary>The vectors' dimension; 0 where there is no pair.</summary>
    public int Dimension => User.Columns;

    /// <summary>Whether an adjoint of either is wanted.</summary>
    public bool WantsAdjoint => !UserAdjoint.Values.IsEmpty || !ItemAdjoint.Values.IsEmpty;
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
