// Generalised matrix factorisation (He et al., "Neural Collaborative Filtering", WWW 2017):
//   logit = w . (p_user x q_item) + b.
// In the market-aware model q_item is first multiplied by the market's vector (MarketView).

namespace ForecEngine.Recommenders.Models;

/// <summary>GMF: the elementwise product of a user's and an item's vector, weighted and summed.</summary>
public sealed class Gmf : IRecommender, IDotProduct
{
    private Matrix _identity; // of the dimension; made for the softmax over all items

    /// <summary>A model of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="marketAware">Whether markets have vectors.</param>
    public Gmf(IDevice device, ModelShape shape, bool marketAware = false)
    {
        User = new Embedding(device, "embedding_user", shape.Users, shape.Dimension);
        Item = new Embedding(device, "embedding_item", shape.Items, shape.Dimension);
        Market = marketAware ? new Embedding(device, "embedding_market", shape.Markets, shape.Dimension) : null;
        Output = new Linear(device, "affine_output", shape.Dimension, 1);
        Parameters = [User.Table, Item.Table, .. MarketView.Tables(Market), .. Output.Parameters];
    }

    private Gmf(Gmf other, Embedding user)
    {
        (User, Item, Market, Output) = (user, other.Item.Frozen(), other.Market?.Frozen(), other.Output.Frozen());
        Parameters = [User.Table, Item.Table, .. MarketView.Tables(Market), .. Output.Parameters];
    }

    /// <summary>The users' vectors.</summary>
    public Embedding User { get; }

    /// <summary>The items' vectors.</summary>
    public Embedding Item { get; }

    /// <summary>The markets' vectors; null if the model is not market-aware.</summary>
    public Embedding? Market { get; }

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
        Output.Initialise(seed, purpose);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch) =>
        Output.Apply(tape, tape.Multiply(User.Apply(tape, batch.Users), MarketView.Items(tape, batch, Item, Market)));

    EmbeddingTable IDotProduct.ItemVectors => Item.Table;

    // The bias of the output is the same for all items.
    EmbeddingTable? IDotProduct.ItemBiases => null;

    // w and the market's vector are factors of the user's. The products with ones and with the identity make a row of w for each user.
    Tensor IDotProduct.UserVectors(Tape tape, Minibatch batch)
    {
        Tensor weights = tape.Product(
            tape.Constant(batch.Count, 1, 1), tape.Product(tape.Constant(Identity(tape.Device)), tape.Parameter(Output.Weight)));
        Tensor vectors = tape.Multiply(User.Apply(tape, batch.Users), weights);
        return Market is null ? vectors : tape.Multiply(vectors, Market.Apply(tape, batch.Markets));
    }

    private Matrix Identity(IDevice device)
    {
        if (_identity.Rows > 0)
            return _identity;
        int dimension = Output.Weight.Value.Columns;
        Real[] values = new Real[dimension * dimension];
        for (int i = 0; i < dimension; i++)
            values[(i * dimension) + i] = 1;
        _identity = new Matrix(device.Allocate<Real>(values.Length).Slice(), dimension, dimension);
        _identity.Values.Write(values);
        return _identity;
    }

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) => new Gmf(this, User.WithRows(device, users));
}
