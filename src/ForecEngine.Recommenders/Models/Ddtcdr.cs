// DDTCDR (Li and Tuzhilin, "DDTCDR: Deep Dual Transfer Cross Domain Recommendation", WSDM 2020) for markets, which share items, instead
// of domains, which share users. Every market has its own perceptron f and item vectors. A bridge W maps an item's vector to the
// space of another market's network. For a sample (u, i) of market A, with B the other market,
//   score = (1 - a) f_A([u; i]) + a f_B([u; W i + c]),
//   loss  = (1 - a) mean l(f_A) + a mean l(f_B) + r sum |W W' - I|,   l the binary cross-entropy of output and label.
// Several sources form a star: each has a bridge from the target and one to it, and for the target the second term is the mean over
// the sources. Initialisers.PresetVectors freezes the vectors, so that only networks and bridges are trained.

namespace ForecEngine.Recommenders.Models;

/// <summary>DDTCDR: a network for each market, and bridges between the target and each source.</summary>
public sealed class Ddtcdr : IOwnLoss
{
    private const int ScoringStep = 0; // training steps count from 1

    private readonly int _target;
    private readonly DdtcdrOptions _options;
    private readonly ulong _seed;
    private readonly Bridge?[] _fromTarget;
    private readonly Bridge?[] _toTarget;
    private readonly Dropout[][] _dropouts;

    /// <summary>A model of zeros.</summary>
    public Ddtcdr(IDevice device, ModelShape shape)
    {
        (_target, _options, _seed) = (shape.Target, shape.Ddtcdr, shape.DropoutSeed);
        User = new Embedding(device, "embedding_user", shape.Users, shape.Dimension);
        Networks = [.. Enumerable.Range(0, shape.Markets).Select(market => new MarketNetwork(device, market, shape))];
        _fromTarget = [.. Enumerable.Range(0, shape.Markets).Select(market => MakeBridge(market, "bridge_from_target"))];
        _toTarget = [.. Enumerable.Range(0, shape.Markets).Select(market => MakeBridge(market, "bridge_to_target"))];
        _dropouts = [.. Networks.Select(network => network.Tower.Layers.Select(DropoutOf).ToArray())];
        Parameters = All();

        Bridge? MakeBridge(int market, string name) => market == _target
            ? null
            : new Bridge(device, new Linear(device, $"{MarketNetwork.Name(market)}.{name}", shape.Dimension, shape.Dimension));
        Dropout DropoutOf(Linear layer) => new(device, layer.Weight.Name, _options.Dropout);
    }

    // Dropout in scoring draws by the user's row. Folded-in users have no permanent row, so they are scored without dropout.
    private Ddtcdr(Ddtcdr other, Embedding user)
    {
        (_target, _seed, _dropouts) = (other._target, other._seed, other._dropouts);
        _options = other._options with { DropoutInScoring = false };
        (User, Networks) = (user, [.. other.Networks.Select(network => network.Frozen())]);
        _fromTarget = [.. other._fromTarget.Select(bridge => bridge?.Frozen())];
        _toTarget = [.. other._toTarget.Select(bridge => bridge?.Frozen())];
        Parameters = All();
    }

    /// <summary>The users' vectors.</summary>
    public Embedding User { get; }

    /// <summary>The networks, by market index.</summary>
    public IReadOnlyList<MarketNetwork> Networks { get; }

    /// <summary>The bridges, y = W x + c: for each source, the one from the target and the one to it.</summary>
    public IReadOnlyList<Linear> Bridges => [.. AllBridges.Select(bridge => bridge.Map)];

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    private IEnumerable<Bridge> AllBridges =>
        _fromTarget.Zip(_toTarget, (from, to) => (Bridge?[])[from, to]).SelectMany(pair => pair).OfType<Bridge>();

    /// <summary>The networks' widths: twice the dimension, 64, the dimension.</summary>
    public static IReadOnlyList<int> Widths(int dimension) => [2 * dimension, 64, dimension];

    /// <inheritdoc/>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        User.Initialise(seed, purpose, embeddingDeviation);
        foreach (MarketNetwork network in Networks)
            network.Initialise(seed, purpose, embeddingDeviation);
        foreach (Bridge bridge in AllBridges)
        {
            bridge.Map.Initialise(seed, purpose);
            Initial.Orthogonal(bridge.Map.Weight, seed, purpose);
        }
    }

    /// <summary>The score of each sample: [samples, 1].</summary>
    /// <exception cref="ArgumentException">The samples are of several markets.</exception>
    public Tensor Logits(Tape tape, Minibatch batch)
    {
        int market = MarketNetwork.MarketOf(batch);
        ulong? dropoutSeed = _options.DropoutInScoring ? _seed : null;
        Tensor score = tape.Scale(Output(tape, batch, market, null, dropoutSeed, ScoringStep), (Real)(1 - _options.Alpha));
        for (int other = 0; other < Networks.Count; other++)
        {
            if (BridgeTo(other, market) is { } bridge)
                score = tape.Add(score, tape.Scale(Output(tape, batch, other, bridge, dropoutSeed, ScoringStep), ShareOfOther(market)));
        }

        return score;
    }

    /// <inheritdoc/>
    public IRecommender WithUsers(IDevice device, int users) => new Ddtcdr(this, User.WithRows(device, users));

    /// <inheritdoc/>
    /// <remarks>Dropout applies. The penalty of a bridge is added in the steps whose samples cross it.</remarks>
    /// <exception cref="ArgumentException">The samples are of several markets.</exception>
    public Tensor Loss(Tape tape, Minibatch batch, ulong seed, int step)
    {
        int market = MarketNetwork.MarketOf(batch);
        Tensor own = _options.Loss.Mean(tape, Output(tape, batch, market, null, seed, step), batch);
        Tensor loss = tape.Scale(own, (Real)(1 - _options.Alpha));
        for (int other = 0; other < Networks.Count; other++)
        {
            if (BridgeTo(other, market) is not { } bridge)
                continue;
            Tensor output = Output(tape, batch, other, bridge, seed, step);
            Tensor cross = tape.Scale(_options.Loss.Mean(tape, output, batch), ShareOfOther(market));
            loss = tape.Add(loss, _options.CrossGradient ? cross : tape.Constant(cross.Value));
            loss = tape.Add(loss, tape.Scale(bridge.Penalty.Apply(tape), (Real)_options.Orthogonality));
        }

        return loss;
    }

    private Parameter[] All() =>
        [User.Table, .. Networks.SelectMany(network => network.Parameters), .. AllBridges.SelectMany(bridge => bridge.Map.Parameters)];

    // The bridge from a market to another market's network; null if there is none.
    private Bridge? BridgeTo(int network, int market) =>
        market == _target ? _fromTarget[network] : network == _target ? _toTarget[market] : null;

    private Real ShareOfOther(int market) => (Real)(_options.Alpha / (market == _target ? Networks.Count - 1 : 1));

    // A network's output for samples. The item vectors are those of the samples' market, mapped by the bridge if there is one.
    private Tensor Output(Tape tape, Minibatch batch, int network, Bridge? bridge, ulong? dropoutSeed, int step)
    {
        Tensor item = Networks[batch.Market].Item.Apply(tape, batch.Items);
        Tensor x = tape.Concatenate(User.Apply(tape, batch.Users), bridge is null ? item : bridge.Map.Apply(tape, item));
        IReadOnlyList<Linear> layers = Networks[network].Tower.Layers;
        for (int i = 0; i < layers.Count; i++)
        {
            x = tape.Relu(layers[i].Apply(tape, x));
            if (dropoutSeed is { } seed && _options.Dropout > 0)
                x = _dropouts[network][i].Apply(tape, x, seed, step, batch.Users, batch.Items);
        }

        return Networks[network].Output.Apply(tape, x);
    }

    /// <summary>A map of item vectors, with the penalty that keeps it close to an orthogonal one.</summary>
    private sealed class Bridge(IDevice device, Linear map)
    {
        public Linear Map { get; } = map;

        public OrthogonalityPenalty Penalty { get; } = new(device, map.Weight);

        public Bridge Frozen() => new(device, Map.Frozen());
    }
}
