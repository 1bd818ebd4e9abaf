// Matrix factorisation with an item bias, as in Bayesian personalised ranking (Rendle et al., UAI 2009):
//   logit = p_user . q_item + b_item.
// The bias starts at 0. The plan bpr-mf trains it with BprLoss; its tensors have the names of RecBole's BPR, which has no bias.

namespace ForecEngine.Recommenders.Models;

/// <summary>BPR-MF: the dot product of a user's and an item's vector, and a bias of the item.</summary>
public sealed class BprMf : IRecommender, IDotProduct
{
    private readonly Embedding _user, _item, _bias;

    /// <summary>A model of zeros.</summary>
    public BprMf(IDevice device, ModelShape shape)
        : this(
            new(device, "user_embedding", shape.Users, shape.Dimension), new(device, "item_embedding", shape.Items, shape.Dimension),
            new(device, "item_bias", shape.Items, 1))
    {
    }

    private BprMf(Embedding user, Embedding item, Embedding bias)
    {
        (_user, _item, _bias) = (user, item, bias);
        Parameters = [user.Table, item.Table, bias.Table];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        _user.Initialise(seed, purpose, embeddingDeviation);
        _item.Initialise(seed, purpose, embeddingDeviation);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Tensor product = tape.Multiply(_user.Apply(tape, batch.Users), _item.Apply(tape, batch.Items));
        return tape.Add(tape.RowSum(product), _bias.Apply(tape, batch.Items));
    }

    EmbeddingTable IDotProduct.ItemVectors => _item.Table;

    EmbeddingTable? IDotProduct.ItemBiases => _bias.Table;

    Tensor IDotProduct.UserVectors(Tape tape, Minibatch batch) => _user.Apply(tape, batch.Users);

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) =>
        new BprMf(_user.WithRows(device, users), _item.Frozen(), _bias.Frozen());
}
