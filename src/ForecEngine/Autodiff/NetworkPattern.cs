// Recognises a network of neural collaborative filtering in the operations that a tape has recorded. So a model is described once, by
// its operations, and a device can still compile it as a whole. Fused/Network.cs has the family of networks and its formula.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Autodiff;

/// <summary>Finds the network that computes given logits.</summary>
/// <param name="batch">The samples of the recorded pass.</param>
/// <param name="adapted">The parameters that the inner step of meta-learning moves; null for all.</param>
internal sealed class NetworkPattern(SampleBatch batch, IReadOnlyCollection<Parameter>? adapted)
{
    private readonly List<Parameter> _parameters = [];

    /// <summary>The network, or null if the pass has another form or does not use every parameter exactly once.</summary>
    public Network? Match(Tensor logits, IReadOnlyCollection<Parameter> parameters)
    {
        if (logits.Source is not DenseOperation { Output.Columns: 1 } output || Layer(output) is not { } last)
            return null;
        Tensor below = Rectified(output.First, out List<NetworkLayer> layers);
        Network? network = null;
        if (Pair(below) is { } tower)
            network = new Network(tower, layers, null, [], last);
        else if (below.Source is ConcatenateOperation joint && Product(joint.Second) is { } product)
        {
            if (Pair(Rectified(joint.First, out List<NetworkLayer> towerLayers)) is { } pair)
                network = new Network(pair, towerLayers, product, layers, last);
        }
        else if (Product(below) is { } alone)
            network = new Network(null, [], alone, layers, last);
        bool hasEach = _parameters.Distinct().Count() == _parameters.Count && parameters.All(_parameters.Contains);
        return hasEach ? network : null;
    }

    // Follows dense layers with ReLU down to their input, and lists them from the lowest to the highest.
    private Tensor Rectified(Tensor x, out List<NetworkLayer> layers)
    {
        layers = [];
        while (x.Source is UnaryOperation<Relu> { First.Source: DenseOperation dense } && Layer(dense) is { } layer)
        {
            layers.Insert(0, layer);
            x = dense.First;
        }

        return x;
    }

    private NetworkLayer? Layer(DenseOperation dense)
    {
        if (dense is not { Weight: { } weight, Bias: { } bias } || Adapts(weight) != Adapts(bias))
            return null;
        _parameters.AddRange([weight, bias]);
        Matrix weightGradient = weight.IsFrozen ? default : weight.Gradient;
        return new NetworkLayer(
            weight.Value, bias.Value.Values, weightGradient, bias.IsFrozen ? default : bias.Gradient.Values, Adapts(weight));
    }

    // [p_user; q_item].
    private NetworkPair? Pair(Tensor x) => x.Source is ConcatenateOperation pair ? PairOf(pair.First, pair.Second) : null;

    // p_user x q_item.
    private NetworkPair? Product(Tensor x) => x.Source is BinaryOperation<Product> product ? PairOf(product.First, product.Second) : null;

    private NetworkPair? PairOf(Tensor first, Tensor second)
    {
        bool isMarketAware = second.Source is BinaryOperation<Product>;
        (Tensor item, Tensor? market) = second.Source is BinaryOperation<Product> view ? (view.First, view.Second) : (second, null);
        if (!Looks(first, batch.Users) || !Looks(item, batch.Items) || (isMarketAware && !Looks(market, batch.Markets)))
            return null;
        return new NetworkPair(Table(first), Table(item), market is null ? null : Table(market));
    }

    private static bool Looks(Tensor? x, RowIds rows) => x?.Source is LookupOperation { Rows: var found }
        && found.Values.Storage == rows.Values.Storage && found.Values.Offset == rows.Values.Offset && found.Count == rows.Count;

    private NetworkTable Table(Tensor x)
    {
        EmbeddingTable table = (x.Source as LookupOperation)?.Table ?? throw new InvalidOperationException("the tensor is not a lookup");
        _parameters.Add(table);
        return new NetworkTable(table.Value, table.IsFrozen ? null : table.Gradient, Adapts(table));
    }

    private bool Adapts(Parameter parameter) => adapted is null || adapted.Contains(parameter);
}
