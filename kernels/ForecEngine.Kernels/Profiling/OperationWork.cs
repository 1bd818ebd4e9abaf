// The work of each operation of a device, by its arguments' shapes. What is elementwise counts its own body
// (CountingLane); the rest is counted here:
//   dense forward   2 rows in out               dx, dW      2 rows in out each
//   db, a row sum   one addition an element     mean        one addition an element
//   network         its layers forward and back, its product, its loss; bytes of what goes in and out, nothing between
// Of an adjoint that is added to, both the read and the write count as bytes.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Profiling;

/// <summary>Counts operations by their arguments, as <see cref="IDevice"/> names them.</summary>
internal static class OperationWork
{
    public static Work Fill(Slice<Real> x) => new(0, Bytes(x.Length));

    public static Work Unary<TOp>(Slice<Real> x)
        where TOp : unmanaged, IUnaryOp => UnaryBody<TOp>.Forward * x.Length;

    public static Work UnaryBackward<TOp>(Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp => UnaryBody<TOp>.Backward * dx.Length;

    public static Work Binary<TOp>(Slice<Real> a)
        where TOp : unmanaged, IBinaryOp => BinaryBody<TOp>.Forward * a.Length;

    public static Work BinaryBackward<TOp>(Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp => (BinaryBody<TOp>.BackwardLeft * da.Length) + (BinaryBody<TOp>.BackwardRight * db.Length);

    public static Work Gather(Slice<int> rows, Matrix y) => new(0, Indices(rows.Length) + Bytes(2 * Elements(y)));

    // The rows are read; of each position is told the group, of each group the row: at the most as many.
    public static Work GroupRows(ReadOnlySpan<RowGrouping> groupings)
    {
        Work work = default;
        foreach ((Slice<int> rows, _) in groupings)
            work += new Work(0, Indices(3 * rows.Length));
        return work;
    }

    public static Work SumRows(ReadOnlySpan<RowSum> sums)
    {
        Work work = default;
        foreach ((Matrix dy, RowGroups groups, Matrix gradient) in sums)
            work += new Work(Elements(dy), Indices(groups.Groups.Length + groups.Count + 1) + Bytes(Elements(dy) + Elements(gradient)));
        return work;
    }

    public static Work Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y) => new(
        2 * Elements(x) * weight.Rows, Bytes(Elements(x) + Elements(weight) + bias.Length + Elements(y)));

    public static Work DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias)
    {
        long product = 2 * Elements(x) * weight.Rows;
        Work work = new(0, dx.Values.IsEmpty && dweight.Values.IsEmpty && dbias.IsEmpty ? 0 : Bytes(Elements(dy)));
        if (!dx.Values.IsEmpty)
            work += new Work(product, Bytes(Elements(weight) + (2 * Elements(dx))));
        if (!dweight.Values.IsEmpty)
            work += new Work(product, Bytes(Elements(x) + (2 * Elements(dweight))));
        if (!dbias.IsEmpty)
            work += new Work(Elements(dy), Bytes(2 * dbias.Length));
        return work;
    }

    public static Work Concatenate(Matrix y) => new(0, Bytes(2 * Elements(y)));

    public static Work ConcatenateBackward(Matrix da, Matrix db)
    {
        long added = da.Values.Length + (long)db.Values.Length;
        return new Work(added, Bytes(3 * added));
    }

    public static Work Mean(Slice<Real> x) => new(x.Length, Bytes(x.Length + 1));

    public static Work MeanBackward(Slice<Real> dx) => new(dx.Length, Bytes(1 + (2 * dx.Length)));

    public static Work Update<TRule>(ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        Work work = default;
        foreach (ref readonly ParameterUpdate<TRule> parameter in parameters)
        {
            long gradient = Elements(parameter.Gradient);
            work += (RuleBody<TRule>.Apply * (parameter.TouchedOnly ? gradient : Elements(parameter.P))) + new Work(0, Indices(parameter.Rows.Length) + Bytes(parameter.IsWhole ? 2 * gradient : gradient)); // a whole one is cleared
        }

        return work;
    }

    public static Work Network(Network network, Slice<int> users)
    {
        Work losses = (BinaryBody<BinaryCrossEntropy>.Forward + BinaryBody<BinaryCrossEntropy>.BackwardLeft) * users.Length;
        bool wantsBelow = network.Tower.WantsAdjoint;
        Work backward = new(losses.Flops, 0);
        for (int i = 0; i < network.Layers.Length; i++)
        {
            ref readonly NetworkLayer layer = ref network.Layers[i];
            wantsBelow |= i == network.TowerLayers && network.Product.WantsAdjoint;
            int products = (wantsBelow ? 1 : 0) + (layer.WeightGradient.Values.IsEmpty ? 0 : 1);
            backward += new Work(
                users.Length * ((2 * products * Elements(layer.Weight)) + layer.BiasGradient.Length),
                Bytes(2 * (layer.WeightGradient.Values.Length + layer.BiasGradient.Length)));
            wantsBelow |= layer.WantsGradient;
        }

        TablePair product = network.Product;
        long adjoints = product.User.Adjoint.Values.Length + (product.Item.WantsAdjoint || product.Market.WantsAdjoint ? users.Length * (long)product.Dimension : 0);
        return NetworkForward(network, users) + backward + Adjoints(network.Tower) + Adjoints(product) + new Work(adjoints, 0);
    }

    // What is read of each sample beside its rows, or written, is a number: its label, or its logit.
    public static Work NetworkForward(Network network, Slice<int> users)
    {
        long samples = users.Length;
        int ids = network.Tower.IsMarketAware || network.Product.IsMarketAware ? 3 : 2;
        Work work = new(0, Indices(ids * samples) + Bytes(samples));
        foreach (ref readonly NetworkLayer layer in network.Layers)
            work += new Work(2 * samples * Elements(layer.Weight), Bytes(Elements(layer.Weight) + layer.Bias.Length));
        return work + Vectors(network.Tower, samples) + Vectors(network.Product, samples) + new Work(samples * network.Product.Dimension, 0);
    }

    // Rows read; where an item's vector is multiplied by its market's, that product.
    private static Work Vectors(in TablePair pair, long samples)
    {
        long numbers = samples * pair.Dimension;
        return pair.IsMarketAware ? new Work(numbers, Bytes(3 * numbers)) : new Work(0, Bytes(2 * numbers));
    }

    // Adjoints written; through the product of an item's vector and its market's, multiplied.
    private static Work Adjoints(in TablePair pair)
    {
        long items = pair.Item.Adjoint.Values.Length, markets = pair.Market.Adjoint.Values.Length;
        return new Work(pair.IsMarketAware ? items + markets : 0, Bytes(pair.User.Adjoint.Values.Length + items + markets));
    }

    private static long Elements(Matrix matrix) => (long)matrix.Rows * matrix.Columns;

    private static long Bytes(long elements) => elements * sizeof(Real);

    private static long Indices(long count) => count * sizeof(int);

    private static class UnaryBody<TOp>
        where TOp : unmanaged, IUnaryOp
    {
        public static readonly Work Forward = CountingLane.Count(m => Elementwise.Unary<TOp, CountingLane, CountingMemory>(m, m, 0));
        public static readonly Work Backward = CountingLane.Count(m => Elementwise.UnaryBackward<TOp, CountingLane, CountingMemory>(m, m, m, 0));
    }

    private static class BinaryBody<TOp>
        where TOp : unmanaged, IBinaryOp
    {
        public static readonly Work Forward = CountingLane.Count(m => Elementwise.Binary<TOp, CountingLane, CountingMemory>(m, m, m, 0));
        public static readonly Work BackwardLeft = CountingLane.Count(m => Elementwise.BinaryBackwardLeft<TOp, CountingLane, CountingMemory>(m, m, m, m, 0));
        public static readonly Work BackwardRight = CountingLane.Count(m => Elementwise.BinaryBackwardRight<TOp, CountingLane, CountingMemory>(m, m, m, m, 0));
    }

    // Less the load of the gradient, which is counted where it is known whether there is one.
    private static class RuleBody<TRule>
        where TRule : unmanaged, IUpdateRule
    {
        public static readonly Work Apply = CountingLane.Count(m => default(TRule).Apply<CountingLane, CountingMemory>(m, m, m, m, 0, 1)) + new Work(0, -sizeof(Real));
    }
}
