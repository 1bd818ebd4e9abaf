// Recognises a network of neural collaborative filtering in what a tape has recorded, so that a model says once, by its operations, what
// it computes, and a device may compile it whole (Kernels/Fused/Network.cs has the family and its formula).

using ForecEngine.Kernels;
using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Autodiff;

/// <summary>The network behind some logits.</summary>
/// <param name="batch">The samples that the pass was recorded over.</param>
/// <param name="adapted">The parameters that the inner step of meta-learning moves; null for all.</param>
internal sealed class NetworkPattern(SampleBatch batch, IReadOnlyCollection<Parameter>? adapted)
{
    private readonly List<Parameter> _parameters = [];

    /// <summary>The network; null where the pass is of another shape, or where it lacks one of the parameters.</summary>
    /// <param name="logits">The pass's result.</param>
    /// <param name="parameters">The parameters of the model.</param>
    public Network? Match(Tensor logits, IReadOnlyCollection<Parameter> parameters)
    {
        if (logits.Source is not DenseOperation { Output.Columns: 1 } output || Layer(output) is not { } last)
            return null;
        Tensor below = Rectified(output.First, out List<NetworkLayer> layers);
        Network? network = Pair(below) is { } tower
            ? new Network(tower, layers, null, [], last)
            : below.Source is ConcatenateOperation joint && Product(joint.Second) is { } product
                ? Pair(Rectified(joint.First, out List<NetworkLayer> towerLayers)) is { } pair ? new Network(pair, towerLayers, product, layers, last) : null
                : Product(below) is { } alone ? new Network(null, [], alone, layers, last) : null;
        bool hasEach = _parameters.Distinct().Count() == _parameters.Count && parameters.All(_parameters.Contains);
        return hasEach ? network : null;
    }

    // Down through dense layers that are rectified; their first is the lowest.
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
        return new NetworkLayer(
            weight.Value, bias.Value.Values, weight.IsFrozen ? default : weight.Gradient, bias.IsFrozen ? default : bias.Gradient.Values, Adapts(weight));
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

    private static bool Looks(Tensor? x, RowIds rows) => x?.Source is LookupOperation lookup
        && lookup.Rows.Values.Storage == rows.Values.Storage && lookup.Rows.Values.Offset == rows.Values.Offset && lookup.Rows.Count == rows.Count;

    private NetworkTable Table(Tensor x)
    {
        EmbeddingTable table = (x.Source as LookupOperation)?.Table ?? throw new InvalidOperationException("the tensor is no lookup");
        _parameters.Add(table);
        return new NetworkTable(table.Value, table.IsFrozen ? null : table.Gradient, Adapts(table));
    }

    private bool Adapts(Parameter parameter) => adapted is null || adapted.Contains(parameter);
}
