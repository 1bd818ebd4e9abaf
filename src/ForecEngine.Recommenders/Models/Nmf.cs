// Neural matrix factorisation (He et al., WWW 2017): GMF and MLP with separate vectors and a common output layer,
// logit = w . [mlp; p_user x q_item] + b. A fork for a market (Bonab et al., CIKM 2021, figure 3) has a head of dense layers with
// ReLU below the output layer. In the market-aware model both q_item are first multiplied by vectors of the market (MarketView).

namespace ForecEngine.Recommenders.Models;

/// <summary>NMF: a tower over one pair of vectors and the product of another pair.</summary>
public sealed class Nmf : IDropout
{
    /// <summary>A model of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
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
        Dropout = shape.Dropout;
        Tower = new Tower(device, "fc_layers", shape.Layers, Dropout);
        Head = new Tower(device, "mh_layers", shape.Head, Dropout);
        Output = new Linear(device, "affine_output", shape.Head.Count > 0 ? shape.Head[^1] : shape.Layers[^1] + shape.Dimension, 1);
        Parameters = All();
    }

    /// <summary>
    /// A fork of a model. Its embeddings and lower layers are frozen views of the parent's; the last <paramref name="unfreeze"/> layers
    /// are copies and are trained. Head and output layer are zeros until <see cref="InitialiseHead"/> or the parent sets them.
    /// </summary>
    /// <param name="device">The device that holds the parent.</param>
    /// <param name="parent">The parent, which has no head.</param>
    /// <param name="head">The head's widths, beginning with the width of [tower; product]; empty for no head.</param>
    /// <param name="unfreeze">How many of the last layers are trained.</param>
    /// <param name="dropout">The probability that a training step drops a hidden unit.</param>
    /// <exception cref="ArgumentException">The parent has a head, or the head or the number of layers does not fit.</exception>
    public Nmf(IDevice device, Nmf parent, IReadOnlyList<int> head, int unfreeze, double dropout = 0)
    {
        int inputs = parent.Output.Weight.Value.Columns;
        if (parent.Head.Layers.Count > 0)
            throw new ArgumentException("the parent is itself a fork, with a head", nameof(parent));
        if (head.Count > 0 && head[0] != inputs)
            throw new ArgumentException($"the head begins with {head[0]}; expects {inputs}, the parent's width", nameof(head));
        if (unfreeze < 0 || unfreeze > parent.Tower.Layers.Count)
            throw new ArgumentException($"expects 0 to {parent.Tower.Layers.Count} layers to train, got {unfreeze}", nameof(unfreeze));
        (UserMlp, ItemMlp) = (parent.UserMlp.Frozen(), parent.ItemMlp.Frozen());
        (UserMf, ItemMf) = (parent.UserMf.Frozen(), parent.ItemMf.Frozen());
        (MarketMlp, MarketMf) = (parent.MarketMlp?.Frozen(), parent.MarketMf?.Frozen());
        Dropout = dropout;
        Tower = parent.Tower.Forked(device, unfreeze, dropout);
        Head = new Tower(device, "mh_layers", head, dropout);
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

    /// <summary>The users' vectors for the tower.</summary>
    public Embedding UserMlp { get; }

    /// <summary>The items' vectors for the tower.</summary>
    public Embedding ItemMlp { get; }

    /// <summary>The users' vectors for the product.</summary>
    public Embedding UserMf { get; }

    /// <summary>The items' vectors for the product.</summary>
    public Embedding ItemMf { get; }

    /// <summary>The markets' vectors for the tower; null if the model is not market-aware.</summary>
    public Embedding? MarketMlp { get; }

    /// <summary>The markets' vectors for the product; null if the model is not market-aware.</summary>
    public Embedding? MarketMf { get; }

    /// <summary>The dense layers.</summary>
    public Tower Tower { get; }

    /// <summary>The head of a fork, over [tower; product]; without layers if the model has no head.</summary>
    public Tower Head { get; }

    /// <summary>The output layer over the head, or over [tower; product] without a head, with one output.</summary>
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

    /// <summary>Draws initial values only for the head and the output layer.</summary>
    public void InitialiseHead(ulong seed, string purpose)
    {
        Head.Initialise(seed, purpose);
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public double Dropout { get; }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        (Tensor pair, Tensor product) = Inputs(tape, batch);
        return Output.Apply(tape, Head.Apply(tape, tape.Concatenate(Tower.Apply(tape, pair), product)));
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch, ulong seed, int step)
    {
        (Tensor pair, Tensor product) = Inputs(tape, batch);
        Tensor both = tape.Concatenate(Tower.Apply(tape, pair, batch, seed, step), product);
        return Output.Apply(tape, Head.Apply(tape, both, batch, seed, step));
    }

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) =>
        new Nmf(this, UserMlp.WithRows(device, users), UserMf.WithRows(device, users));

    private (Tensor Pair, Tensor Product) Inputs(Tape tape, Minibatch batch) => (
        tape.Concatenate(UserMlp.Apply(tape, batch.Users), MarketView.Items(tape, batch, ItemMlp, MarketMlp)),
        tape.Multiply(UserMf.Apply(tape, batch.Users), MarketView.Items(tape, batch, ItemMf, MarketMf)));

    private Parameter[] All() =>
    [
        UserMlp.Table, ItemMlp.Table, UserMf.Table, ItemMf.Table, .. MarketView.Tables(MarketMlp), .. MarketView.Tables(MarketMf),
        .. Tower.Parameters, .. Head.Parameters, .. Output.Parameters,
    ];
}
