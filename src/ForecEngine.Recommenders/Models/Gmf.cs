// Generalised matrix factorisation (He et al., "Neural Collaborative Filtering", WWW 2017):
//   logit = w . (p_user x q_item) + b.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>GMF: the elementwise product of a user's and an item's vector, weighted and summed.</summary>
public sealed class Gmf : INetworkModel
{
    /// <summary>A model of zeros.</summary>
    public Gmf(IDevice device, ModelShape shape)
    {
        User = new Embedding(device, "embedding_user", shape.Users, shape.Dimension);
        Item = new Embedding(device, "embedding_item", shape.Items, shape.Dimension);
        Output = new Linear(device, "affine_output", shape.Dimension, 1);
        Parameters = [User.Table, Item.Table, .. Output.Parameters];
    }

    /// <summary>The users' vectors.</summary>
    public Embedding User { get; }

    /// <summary>The items' vectors.</summary>
    public Embedding Item { get; }

    /// <summary>The output layer, dimension to 1.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    NetworkParts INetworkModel.Parts => new(null, [], new(User, Item), [], Output);

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        User.Initialise(seed, purpose, embeddingDeviation);
        Item.Initialise(seed, purpose, embeddingDeviation);
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch) =>
        Output.Apply(tape, tape.Multiply(User.Apply(tape, batch.Users), Item.Apply(tape, batch.Items)));
}
