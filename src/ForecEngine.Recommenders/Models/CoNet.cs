// CoNet (Hu, Zhang and Yang, "CoNet: Collaborative Cross Networks for Cross-Domain Recommendation", CIKM 2018) for markets, which share
// items, instead of domains, which share users. Every market has its own tower and item vectors. In each layer a matrix H, shared by
// all markets, adds the hidden units of the other towers in the layer below:
//   h_A(0) = [p_u; q_i of A],   h_A(l+1) = relu(W_A h_A(l) + b_A + H h_B(l)),   logit = w_A . h_A(L) + b,
// with the mean over the other towers instead of h_B if there are several. A sample of market A goes through all towers and then
// through A's output layer.

namespace ForecEngine.Recommenders.Models;

/// <summary>CoNet: a tower for each market, connected in every layer.</summary>
public sealed class CoNet : IRecommender
{
    private readonly Tensor[] _hidden;
    private readonly Tensor[] _below;

    /// <summary>A model of zeros.</summary>
    public CoNet(IDevice device, ModelShape shape)
    {
        User = new Embedding(device, "embedding_user", shape.Users, shape.Dimension);
        Networks = [.. Enumerable.Range(0, shape.Markets).Select(market => new MarketNetwork(device, market, shape))];
        Cross = [.. shape.Layers.Zip(shape.Layers.Skip(1)).Select(
            (widths, i) => new DenseParameter(device, $"cross_layers.{i}.weight", widths.Second, widths.First))];
        Parameters = [User.Table, .. Networks.SelectMany(network => network.Parameters), .. Cross];
        (_hidden, _below) = (new Tensor[shape.Markets], new Tensor[shape.Markets]);
    }

    private CoNet(CoNet other, Embedding user)
    {
        User = user;
        Networks = [.. other.Networks.Select(network => network.Frozen())];
        Cross = [.. other.Cross.Select(cross => cross.Frozen())];
        Parameters = [User.Table, .. Networks.SelectMany(network => network.Parameters), .. Cross];
        (_hidden, _below) = (new Tensor[Networks.Count], new Tensor[Networks.Count]);
    }

    /// <summary>The users' vectors.</summary>
    public Embedding User { get; }

    /// <summary>The networks, by market index.</summary>
    public IReadOnlyList<MarketNetwork> Networks { get; }

    /// <summary>H of each layer, [out, in].</summary>
    public IReadOnlyList<DenseParameter> Cross { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        User.Initialise(seed, purpose, embeddingDeviation);
        foreach (MarketNetwork network in Networks)
            network.Initialise(seed, purpose, embeddingDeviation);
        foreach (DenseParameter cross in Cross)
            Initial.Uniform(cross, 1 / Math.Sqrt(cross.Value.Columns), seed, purpose);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples are of several markets.</exception>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        int own = MarketNetwork.MarketOf(batch);
        Tensor user = User.Apply(tape, batch.Users);
        for (int market = 0; market < Networks.Count; market++)
            _hidden[market] = tape.Concatenate(user, Networks[market].Item.Apply(tape, batch.Items));
        for (int layer = 0; layer < Cross.Count; layer++)
        {
            _hidden.CopyTo(_below, 0);
            for (int market = 0; market < Networks.Count; market++)
            {
                if (layer == Cross.Count - 1 && market != own)
                    continue; // the last layer of the other towers is not used
                Tensor sum = Networks[market].Tower.Layers[layer].Apply(tape, _below[market]);
                if (MeanOfOthers(tape, market) is { } others)
                    sum = tape.Add(sum, tape.Dense(others, Cross[layer]));
                _hidden[market] = tape.Relu(sum);
            }
        }

        return Networks[own].Output.Apply(tape, _hidden[own]);
    }

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) => new CoNet(this, User.WithRows(device, users));

    // The mean of the other towers' hidden units in the layer below; null if there is no other tower.
    private Tensor? MeanOfOthers(Tape tape, int market)
    {
        Tensor? sum = null;
        for (int other = 0; other < _below.Length; other++)
        {
            if (other != market)
                sum = sum is null ? _below[other] : tape.Add(sum, _below[other]);
        }

        return sum is null || _below.Length == 2 ? sum : tape.Scale(sum, (Real)1 / (_below.Length - 1));
    }
}
