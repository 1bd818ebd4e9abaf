// DDTCDR (Li and Tuzhilin, "DDTCDR: Deep Dual Transfer Cross Domain Recommendation", WSDM 2020) with users and items
// exchanged for markets: items are what markets share. Every market has a perceptron f and item vectors of its own; a
// bridge W carries an item's vector to another market's network. For a sample (u, i) of market A, with B the other one,
//   score = (1 - a) f_A([u; i]) + a f_B([u; W i + c]),
//   loss  = (1 - a) mean l(f_A) + a mean l(f_B) + r sum |W W' - I|,   l the binary cross-entropy of output and label.
// Several sources make a star: each has a bridge from the target and one to it, and the target's other term is the mean
// over them. Vectors are given, not learned, where Initialisers.PresetVectors freezes them.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>DDTCDR: a network a market, and bridges between the target's and each source's.</summary>
public sealed class Ddtcdr : IOwnLoss
{
    private const int ScoringStep = 0; // training counts from 1

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
        _dropouts = [.. Networks.Select(network => network.Tower.Layers.Select(layer => new Dropout(device, layer.Weight.Name, _options.Dropout)).ToArray())];
        Parameters = All();

        Bridge? MakeBridge(int market, string name) => market == _target
            ? null
            : new Bridge(device, new Linear(device, $"{MarketNetwork.Name(market)}.{name}", shape.Dimension, shape.Dimension));
    }

    // Dropout in scoring is a draw of the user's row, which other users do not have a lasting one of: they are scored without.
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

    /// <summary>The markets' networks, by the markets' places.</summary>
    public IReadOnlyList<MarketNetwork> Networks { get; }

    /// <summary>The bridges, y = W x + c: of each source, the one from the target and the one to it.</summary>
    public IReadOnlyList<Linear> Bridges => [.. AllBridges.Select(bridge => bridge.Map)];

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; }

    private IEnumerable<Bridge> AllBridges => _fromTarget.Zip(_toTarget, (from, to) => (Bridge?[])[from, to]).SelectMany(pair => pair).OfType<Bridge>();

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
    /// <remarks>Units are dropped. A bridge counts in the steps whose samples cross it.</remarks>
    /// <exception cref="ArgumentException">The samples are of several markets.</exception>
    public Tensor Loss(Tape tape, Minibatch batch, ulong seed, int step)
    {
        int market = MarketNetwork.MarketOf(batch);
        Tensor loss = tape.Scale(_options.Loss.Mean(tape, Output(tape, batch, market, null, seed, step), batch), (Real)(1 - _options.Alpha));
        for (int other = 0; other < Networks.Count; other++)
        {
            if (BridgeTo(other, market) is not { } bridge)
                continue;
            Tensor cross = tape.Scale(_options.Loss.Mean(tape, Output(tape, batch, other, bridge, seed, step), batch), ShareOfOther(market));
            loss = tape.Add(loss, _options.CrossGradient ? cross : tape.Constant(cross.Value));
            loss = tape.Add(loss, tape.Scale(bridge.Penalty.Apply(tape), (Real)_options.Orthogonality));
        }

        return loss;
    }

    private Parameter[] All() =>
        [User.Table, .. Networks.SelectMany(network => network.Parameters), .. AllBridges.SelectMany(bridge => bridge.Map.Parameters)];

    // What the samples of a market cross on the way to another market's network; null where none leads there.
    private Bridge? BridgeTo(int network, int market) =>
        market == _target ? _fromTarget[network] : network == _target ? _toTarget[market] : null;

    private Real ShareOfOther(int market) => (Real)(_options.Alpha / (market == _target ? Networks.Count - 1 : 1));

    // A network's output for the samples, whose item vectors are their own market's, sent over the bridge if there is one.
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

    /// <summary>A map of item vectors, and what keeps it near an orthogonal one.</summary>
    private sealed class Bridge(IDevice device, Linear map)
    {
        public Linear Map { get; } = map;

        public OrthogonalityPenalty Penalty { get; } = new(device, map.Weight);

        public Bridge Frozen() => new(device, Map.Frozen());
    }
}
