// Neural matrix factorisation (He et al., WWW 2017): GMF and MLP side by side, each with vectors of its own, under one
// output layer: logit = w . [mlp; p_user x q_item] + b. A market's fork (Bonab et al., CIKM 2021, figure 3) has a head of
// dense layers with rectifiers between the two. Market-aware, both q_item are multiplied by vectors of the market first
// (MarketView).

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>NMF: a tower over one pair of vectors beside the product of another pair.</summary>
public sealed class Nmf : IRecommender
{
    /// <summary>A model of zeros.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="marketAware">Whether markets have vectors.</param>
    public Nmf(IDevice device, ModelShape shape, bool marketAware = false)
    {
        UserMlp = new Embedding(device, "embedding_user_mlp", shape.Users, shape.Dimension);
        ItemMlp = new Embedding(device, "embedding_item_mlp", shape.Items, shape.Dimension);
        UserMf = new Embedding(device, "embedding_user_mf", shape.Users, shape.Dimension);
        ItemMf = new Embedding(device, "embedding_item_mf", shape.Items, shape.Dimension);
        MarketMlp = marketAware ? new Embedding(device, "embedding_market_mlp", shape.Markets, shape.Dimension) : null;
        MarketMf = marketAware ? new Embedding(device, "embedding_market_mf", shape.Markets, shape.Dimension) : null;
        Tower = new Tower(device, "fc_layers", shape.Layers);
        Head = new Tower(device, "mh_layers", shape.Head);
        Output = new Linear(device, "affine_output", shape.Head.Count > 0 ? shape.Head[^1] : shape.Layers[^1] + shape.Dimension, 1);
        Parameters = [UserMlp.Table, ItemMlp.Table, UserMf.Table, ItemMf.Table, .. MarketView.Tables(MarketMlp), .. MarketView.Tables(MarketMf), .. Tower.Parameters, .. Head.Parameters, .. Output.Parameters];
    }

    /// <summary>The users' vectors under the tower.</summary>
    public Embedding UserMlp { get; }

    /// <summary>The items' vectors under the tower.</summary>
    public Embedding ItemMlp { get; }

    /// <summary>The users' vectors of the product.</summary>
    public Embedding UserMf { get; }

    /// <summary>The items' vectors of the product.</summary>
    public Embedding ItemMf { get; }

    /// <summary>The markets' vectors under the tower, or null where the model knows no markets.</summary>
    public Embedding? MarketMlp { get; }

    /// <summary>The markets' vectors of the product, or null where the model knows no markets.</summary>
    public Embedding? MarketMf { get; }

    /// <summary>The dense layers.</summary>
    public Tower Tower { get; }

    /// <summary>The market's head, over [tower; product]; without layers where the model is no fork.</summary>
    public Tower Head { get; }

    /// <summary>The output layer over the head, or over [tower; product] where there is none, to 1.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        foreach (Embedding embedding in (ReadOnlySpan<Embedding>)[UserMlp, ItemMlp, UserMf, ItemMf])
            embedding.Initialise(seed, purpose, embeddingDeviation);
        MarketView.Initialise(MarketMlp, seed, purpose);
        MarketView.Initialise(MarketMf, seed, purpose);
        Tower.Initialise(seed, purpose);
        Head.Initialise(seed, purpose);
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Tensor pair = tape.Concatenate(UserMlp.Apply(tape, batch.Users), MarketView.Items(tape, batch, ItemMlp, MarketMlp));
        Tensor product = tape.Multiply(UserMf.Apply(tape, batch.Users), MarketView.Items(tape, batch, ItemMf, MarketMf));
        return Output.Apply(tape, Head.Apply(tape, tape.Concatenate(Tower.Apply(tape, pair), product)));
    }
}
