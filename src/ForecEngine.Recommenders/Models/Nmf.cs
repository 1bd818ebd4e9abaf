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
        Parameters = All();
    }

    /// <summary>
    /// A fork of a model: its embeddings and lower layers are the parent's own memory, frozen; the last
    /// <paramref name="unfreeze"/> layers are copies, and train; head and output layer are zeros, for
    /// <see cref="InitialiseHead"/> or the parent to give values to.
    /// </summary>
    /// <param name="device">Where the parent lives.</param>
    /// <param name="parent">The parent, itself without a head.</param>
    /// <param name="head">The head's widths, the first of them the width of [tower; product]; empty for no head.</param>
    /// <param name="unfreeze">How many layers train, from the last.</param>
    /// <exception cref="ArgumentException">The parent has a head, or the head or the number of layers does not fit.</exception>
    public Nmf(IDevice device, Nmf parent, IReadOnlyList<int> head, int unfreeze)
    {
        int inputs = parent.Output.Weight.Value.Columns;
        if (parent.Head.Layers.Count > 0)
            throw new ArgumentException("the parent is a fork itself: it has a head", nameof(parent));
        if (head.Count > 0 && head[0] != inputs)
            throw new ArgumentException($"a head that begins with {head[0]}, over a model of {inputs}", nameof(head));
        if (unfreeze < 0 || unfreeze > parent.Tower.Layers.Count)
            throw new ArgumentException($"{unfreeze} layers to train, of a tower of {parent.Tower.Layers.Count}", nameof(unfreeze));
        (UserMlp, ItemMlp, UserMf, ItemMf) = (parent.UserMlp.Frozen(), parent.ItemMlp.Frozen(), parent.UserMf.Frozen(), parent.ItemMf.Frozen());
        (MarketMlp, MarketMf) = (parent.MarketMlp?.Frozen(), parent.MarketMf?.Frozen());
        Tower = parent.Tower.Forked(device, unfreeze);
        Head = new Tower(device, "mh_layers", head);
        Output = new Linear(device, "affine_output", head.Count > 0 ? head[^1] : inputs, 1);
        Parameters = All();
    }

    private Nmf(Nmf other, Embedding userMlp, Embedding userMf)
    {
        (UserMlp, ItemMlp, UserMf, ItemMf) = (userMlp, other.ItemMlp.Frozen(), userMf, other.ItemMf.Frozen());
        (MarketMlp, MarketMf) = (other.MarketMlp?.Frozen(), other.MarketMf?.Frozen());
        (Tower, Head, Output) = (other.Tower.Frozen(), other.Head.Frozen(), other.Output.Frozen());
        Parameters = All();
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
        InitialiseHead(seed, purpose);
    }

    /// <summary>Draws the initial values of the head and the output layer alone.</summary>
    public void InitialiseHead(ulong seed, string purpose)
    {
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

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) =>
        new Nmf(this, UserMlp.WithRows(device, users), UserMf.WithRows(device, users));

    private Parameter[] All() =>
        [UserMlp.Table, ItemMlp.Table, UserMf.Table, ItemMf.Table, .. MarketView.Tables(MarketMlp), .. MarketView.Tables(MarketMf), .. Tower.Parameters, .. Head.Parameters, .. Output.Parameters];
}
