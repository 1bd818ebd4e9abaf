// The multilayer perceptron of neural collaborative filtering (He et al., WWW 2017):
//   logit = w . relu(... relu(W1 [p_user; q_item] + b1) ...) + b.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>MLP: a tower of dense layers with rectifiers over a user's and an item's vector side by side.</summary>
public sealed class Mlp : INetworkModel
{
    /// <summary>A model of zeros.</summary>
    public Mlp(IDevice device, ModelShape shape)
    {
        User = new Embedding(device, "embedding_user", shape.Users, shape.Dimension);
        Item = new Embedding(device, "embedding_item", shape.Items, shape.Dimension);
        Tower = new Tower(device, "fc_layers", shape.Layers);
        Output = new Linear(device, "affine_output", shape.Layers[^1], 1);
        Parameters = [User.Table, Item.Table, .. Tower.Parameters, .. Output.Parameters];
    }

    /// <summary>The users' vectors.</summary>
    public Embedding User { get; }

    /// <summary>The items' vectors.</summary>
    public Embedding Item { get; }

    /// <summary>The dense layers.</summary>
    public Tower Tower { get; }

    /// <summary>The output layer, to 1.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    NetworkParts INetworkModel.Parts => new(new(User, Item), Tower.Layers, null, [], Output);

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        User.Initialise(seed, purpose, embeddingDeviation);
        Item.Initialise(seed, purpose, embeddingDeviation);
        Tower.Initialise(seed, purpose);
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Tensor pair = tape.Concatenate(User.Apply(tape, batch.Users), Item.Apply(tape, batch.Items));
        return Output.Apply(tape, Tower.Apply(tape, pair));
    }
}
