// Models whose logits are dot products, so that a loss can have all items of a market without a network run for each pair.

namespace ForecEngine.Recommenders.Models;

/// <summary>A model with logits x . y(j) + b(j) of a sample's user, in the sample's market, and item j, up to a constant for each sample.
/// </summary>
internal interface IDotProduct
{
    /// <summary>The items' vectors y, [items, dimension].</summary>
    EmbeddingTable ItemVectors { get; }

    /// <summary>The items' biases b, [items, 1]; null for none.</summary>
    EmbeddingTable? ItemBiases { get; }

    /// <summary>The vectors x of the samples' users, [samples, dimension].</summary>
    Tensor UserVectors(Tape tape, Minibatch batch);
}
