// What a model of the neural collaborative filtering family is made of, as data: what the fused step needs to know of it.
// Its Logits say the same on the tape.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Models;

/// <summary>A model that is a tower over one pair of vectors beside the product of another, a head over both, and an output layer.</summary>
internal interface INetworkModel : IRecommender
{
    /// <summary>The parts.</summary>
    NetworkParts Parts { get; }
}

/// <summary>A user's and an item's embedding.</summary>
/// <param name="User">The users' vectors.</param>
/// <param name="Item">The items' vectors.</param>
/// <param name="Market">The markets' vectors, by which the items' are multiplied; null where the model knows no markets.</param>
internal sealed record VectorPair(Embedding User, Embedding Item, Embedding? Market);

/// <summary>The parts of a model of the family; see <see cref="Network"/> for how they are joined.</summary>
/// <param name="Tower">What goes up the tower; null where there is none.</param>
/// <param name="TowerLayers">The tower.</param>
/// <param name="Product">What is multiplied; null where there is no product.</param>
/// <param name="HeadLayers">The head, over [tower; product].</param>
/// <param name="Output">The output layer, to 1.</param>
internal sealed record NetworkParts(
    VectorPair? Tower, IReadOnlyList<Linear> TowerLayers, VectorPair? Product, IReadOnlyList<Linear> HeadLayers, Linear Output)
{
    /// <summary>The layers, up from the tower's first.</summary>
    public IReadOnlyList<Linear> Layers => [.. TowerLayers, .. HeadLayers, Output];

    /// <summary>The network with the values that the parameters have now, for its logits: without gradients.</summary>
    public Network ToScore()
    {
        Network network = new(TowerLayers.Count, HeadLayers.Count) { Tower = Pair(Tower), Product = Pair(Product) };
        foreach ((int i, Linear layer) in Layers.Index())
            network.Layers[i] = new NetworkLayer(layer.Weight.Value, layer.Bias.Value.Values, default, default);
        return network;

        static TablePair Pair(VectorPair? pair) => pair is null ? default : new(Table(pair.User), Table(pair.Item), pair.Market is { } market ? Table(market) : default);

        static NetworkTable Table(Embedding embedding) => new(embedding.Table.Value, default);
    }
}
