// Neural matrix factorisation (He et al., WWW 2017): GMF and MLP side by side, each with vectors of its own, under one
// output layer: logit = w . [mlp; p_user x q_item] + b. A market's fork (Bonab et al., CIKM 2021, figure 3) has a head of
// dense layers with rectifiers between the two.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>NMF: a tower over one pair of vectors beside the product of another pair.</summary>
public sealed class Nmf : INetworkModel
{
    /// <summary>A model of zeros.</summary>
    public Nmf(IDevice device, ModelShape shape)
    {
        UserMlp = new Embedding(device, "embedding_user_mlp", shape.Users, shape.Dimension);
        ItemMlp = new Embedding(device, "embedding_item_mlp", shape.Items, shape.Dimension);
        UserMf = new Embedding(device, "embedding_user_mf", shape.Users, shape.Dimension);
        ItemMf = new Embedding(device, "embedding_item_mf", shape.Items, shape.Dimension);
        Tower = new Tower(device, "fc_layers", shape.Layers);
        Head = new Tower(device, "mh_layers", shape.Head);
        Output = new Linear(device, "affine_output", shape.Head.Count > 0 ? shape.Head[^1] : shape.Layers[^1] + shape.Dimension, 1);
        Parameters = [UserMlp.Table, ItemMlp.Table, UserMf.Table, ItemMf.Table, .. Tower.Parameters, .. Head.Parameters, .. Output.Parameters];
    }

    /// <summary>The users' vectors under the tower.</summary>
    public Embedding UserMlp { get; }

    /// <summary>The items' vectors under the tower.</summary>
    public Embedding ItemMlp { get; }

    /// <summary>The users' vectors of the product.</summary>
    public Embedding UserMf { get; }

    /// <summary>The items' vectors of the product.</summary>
    public Embedding ItemMf { get; }

    /// <summary>The dense layers.</summary>
    public Tower Tower { get; }

    /// <summary>The market's head, over [tower; product]; without layers where the model is no fork.</summary>
    public Tower Head { get; }

    /// <summary>The output layer over the head, or over [tower; product] where there is none, to 1.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    NetworkParts INetworkModel.Parts => new(new(UserMlp, ItemMlp), Tower.Layers, new(UserMf, ItemMf), Head.Layers, Output);

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        foreach (Embedding embedding in (ReadOnlySpan<Embedding>)[UserMlp, ItemMlp, UserMf, ItemMf])
            embedding.Initialise(seed, purpose, embeddingDeviation);
        Tower.Initialise(seed, purpose);
        Head.Initialise(seed, purpose);
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Tensor pair = tape.Concatenate(UserMlp.Apply(tape, batch.Users), ItemMlp.Apply(tape, batch.Items));
        Tensor product = tape.Multiply(UserMf.Apply(tape, batch.Users), ItemMf.Apply(tape, batch.Items));
        return Output.Apply(tape, Head.Apply(tape, tape.Concatenate(Tower.Apply(tape, pair), product)));
    }
}
