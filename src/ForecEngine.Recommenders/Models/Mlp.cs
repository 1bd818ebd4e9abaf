// The multilayer perceptron of neural collaborative filtering (He et al., WWW 2017):
//   logit = w . relu(... relu(W1 [p_user; q_item] + b1) ...) + b.
// In the market-aware model q_item is first multiplied by the market's vector (MarketView).

namespace ForecEngine.Recommenders.Models;

/// <summary>MLP: a tower of dense layers with ReLU over the concatenation of a user's and an item's vector.</summary>
public sealed class Mlp : IDropout
{
    /// <summary>A model of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="marketAware">Whether markets have vectors.</param>
    public Mlp(IDevice device, ModelShape shape, bool marketAware = false)
    {
        User = new Embedding(device, "embedding_user", shape.Users, shape.Dimension);
        Item = new Embedding(device, "embedding_item", shape.Items, shape.Dimension);
        Market = marketAware ? new Embedding(device, "embedding_market", shape.Markets, shape.Dimension) : null;
        Dropout = shape.Dropout;
        Tower = new Tower(device, "fc_layers", shape.Layers, shape.Dropout);
        Output = new Linear(device, "affine_output", shape.Layers[^1], 1);
        Parameters = [User.Table, Item.Table, .. MarketView.Tables(Market), .. Tower.Parameters, .. Output.Parameters];
    }

    private Mlp(Mlp other, Embedding user)
    {
        (User, Item, Market) = (user, other.Item.Frozen(), other.Market?.Frozen());
        (Tower, Output) = (other.Tower.Frozen(), other.Output.Frozen());
        Parameters = [User.Table, Item.Table, .. MarketView.Tables(Market), .. Tower.Parameters, .. Output.Parameters];
    }

    /// <summary>The users' vectors.</summary>
    public Embedding User { get; }

    /// <summary>The items' vectors.</summary>
    public Embedding Item { get; }

    /// <summary>The markets' vectors; null if the model is not market-aware.</summary>
    public Embedding? Market { get; }

    /// <summary>The dense layers.</summary>
    public Tower Tower { get; }

    /// <summary>The output layer, with one output.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        User.Initialise(seed, purpose, embeddingDeviation);
        Item.Initialise(seed, purpose, embeddingDeviation);
        MarketView.Initialise(Market, seed, purpose);
        Tower.Initialise(seed, purpose);
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public double Dropout { get; }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch) => Output.Apply(tape, Tower.Apply(tape, Pair(tape, batch)));

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch, ulong seed, int step) =>
        Output.Apply(tape, Tower.Apply(tape, Pair(tape, batch), batch, seed, step));

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) => new Mlp(this, User.WithRows(device, users));

    private Tensor Pair(Tape tape, Minibatch batch) =>
        tape.Concatenate(User.Apply(tape, batch.Users), MarketView.Items(tape, batch, Item, Market));
}
