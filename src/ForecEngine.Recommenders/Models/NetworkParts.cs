// What a model of the neural collaborative filtering family is made of, as data: what the fused step needs to know of it.
// Its Logits say the same on the tape.

using ForecEngine.Kernels;

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

/// <summary>The parts of a model of the family; see <see cref="Kernels.Fused.Network"/> for how they are joined.</summary>
/// <param name="Tower">What goes up the tower; null where there is none.</param>
/// <param name="TowerLayers">The tower.</param>
/// <param name="Product">What is multiplied; null where there is no product.</param>
/// <param name="HeadLayers">The head, over [tower; product].</param>
/// <param name="Output">The output layer, to 1.</param>
internal sealed record NetworkParts(
    VectorPair? Tower, IReadOnlyList<Linear> TowerLayers, VectorPair? Product, IReadOnlyList<Linear> HeadLayers, Linear Output);
