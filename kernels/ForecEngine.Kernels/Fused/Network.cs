// The family of networks that a device may compile into one program: neural collaborative filtering (He et al., WWW 2017) and its
// forks (Bonab et al., CIKM 2021). A tower of ReLU layers reads the concatenated rows of two tables. The product branch multiplies the rows
// of two other tables elementwise. A head of ReLU layers reads both results, concatenated, and a linear layer gives the logit:
//   logit = output(head([tower([p_user; q_item]); p'_user x q'_item])).
// GMF has no tower, MLP has no product, and only forks have a head. In market-aware models (Bhargav et al., ECIR 2023) the item's vector is
// first multiplied elementwise by its market's vector: q_item x m_market.

namespace ForecEngine.Kernels.Fused;

/// <summary>A table of vectors.</summary>
/// <param name="Value">The vectors, one per row.</param>
/// <param name="Gradient">Receives one position per sample; null if the table is frozen.</param>
/// <param name="Adapts">Whether the inner step of meta-learning updates the table.</param>
public sealed record NetworkTable(Matrix Value, RowGradient? Gradient, bool Adapts = true);

/// <summary>The tables of one input branch: the user's vectors, and the items', optionally multiplied by the markets'.</summary>
/// <param name="User">The users' vectors.</param>
/// <param name="Item">The items' vectors, of the same dimension.</param>
/// <param name="Market">The markets' vectors, which the items' are multiplied by; null if the model is not market-aware.</param>
public sealed record NetworkPair(NetworkTable User, NetworkTable Item, NetworkTable? Market = null)
{
    /// <summary>The vectors' dimension.</summary>
    public int Dimension => User.Value.Columns;
}

/// <summary>A dense layer.</summary>
/// <param name="Weight">[out, in].</param>
/// <param name="Bias">[out].</param>
/// <param name="WeightGradient">[out, in], added to; empty if the weight is frozen.</param>
/// <param name="BiasGradient">[out], added to; empty if the bias is frozen.</param>
/// <param name="Adapts">Whether the inner step of meta-learning updates the layer.</param>
public sealed record NetworkLayer(Matrix Weight, Slice<Real> Bias, Matrix WeightGradient, Slice<Real> BiasGradient, bool Adapts = true);

/// <summary>A network of the family.</summary>
/// <param name="Tower">The tower's tables; null if there is no tower.</param>
/// <param name="TowerLayers">The tower's layers, each followed by a ReLU.</param>
/// <param name="Product">The product's tables; null if there is no product.</param>
/// <param name="HeadLayers">The head's layers, each followed by a ReLU.</param>
/// <param name="Output">The output layer, which has one output.</param>
public sealed record Network(
    NetworkPair? Tower, IReadOnlyList<NetworkLayer> TowerLayers, NetworkPair? Product, IReadOnlyList<NetworkLayer> HeadLayers,
    NetworkLayer Output)
{
    /// <summary>All layers, from the tower's first to the output layer.</summary>
    public IReadOnlyList<NetworkLayer> Layers { get; } = [.. TowerLayers, .. HeadLayers, Output];

    /// <summary>All tables.</summary>
    public IEnumerable<NetworkTable> Tables => new[] { Tower, Product }
        .SelectMany(pair => new[] { pair?.User, pair?.Item, pair?.Market }).OfType<NetworkTable>();

    /// <summary>Throws <see cref="ArgumentException"/> if the shapes do not fit each other.</summary>
    internal void Check()
    {
        foreach (NetworkPair pair in new[] { Tower, Product }.OfType<NetworkPair>())
        {
            Shapes.Require(pair.User.Value);
            Shapes.Require(pair.Item.Value, pair.Item.Value.Rows, pair.Dimension);
            if (pair.Market is { } market)
                Shapes.Require(market.Value, market.Value.Rows, pair.Dimension);
        }

        int columns = 2 * (Tower?.Dimension ?? 0);
        for (int i = 0; i < Layers.Count; i++)
        {
            columns += i == TowerLayers.Count ? Product?.Dimension ?? 0 : 0;
            (Matrix weight, Slice<Real> bias, Matrix weightGradient, Slice<Real> biasGradient, _) = Layers[i];
            Shapes.Require(weight, i == Layers.Count - 1 ? 1 : weight.Rows, columns);
            Shapes.Require(bias, weight.Rows);
            Shapes.Require(weightGradient, weight.Rows, weight.Columns, optional: true);
            Shapes.Require(biasGradient, weight.Rows, optional: true);
            columns = weight.Rows;
        }
    }

    /// <summary>
    /// Throws <see cref="ArgumentException"/> if samples have indices outside the tables, or columns have different lengths.
    /// </summary>
    internal void Check(in SampleBatch batch)
    {
        Shapes.Require(batch.Items.Values, batch.Users.Count);
        Check(Tower, batch);
        Check(Product, batch);
    }

    private static void Check(NetworkPair? pair, in SampleBatch batch)
    {
        if (pair is null)
            return;
        Shapes.Require(batch.Users, pair.User.Value.Rows);
        Shapes.Require(batch.Items, pair.Item.Value.Rows);
        if (pair.Market is not { } market)
            return;
        Shapes.Require(batch.Markets.Values, batch.Users.Count);
        Shapes.Require(batch.Markets, market.Value.Rows);
    }
}
