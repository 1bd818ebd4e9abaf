// The work of each operation of a device, computed from its arguments' shapes. Elementwise operations count their own bodies
// (CountingLane); the others are counted here:
//   dense forward   2 x rows x in x out         dx, dW      2 x rows x in x out each
//   db, a row sum   one addition per element    mean        one addition per element
//   network         layers forward and backward, product and loss; bytes only of inputs and outputs, not of activations
// An adjoint that is added to counts as read and as written.

namespace ForecEngine.Kernels.Profiling;

/// <summary>Counts the work of operations by their arguments, as named in <see cref="IDevice"/>.</summary>
internal static class OperationWork
{
    public static Work Fill(Slice<Real> x) => new(0, Bytes(x.Length));

    public static Work Copy<T>(Slice<T> source)
        where T : unmanaged => new(0, 2L * source.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());

    public static Work Unary<TOp>(Slice<Real> x)
        where TOp : unmanaged, IUnaryOp => UnaryBody<TOp>.Forward * x.Length;

    public static Work UnaryBackward<TOp>(Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp => UnaryBody<TOp>.Backward * dx.Length;

    public static Work Binary<TOp>(Slice<Real> a)
        where TOp : unmanaged, IBinaryOp => BinaryBody<TOp>.Forward * a.Length;

    public static Work BinaryBackward<TOp>(Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp => (BinaryBody<TOp>.BackwardLeft * da.Length) + (BinaryBody<TOp>.BackwardRight * db.Length);

    public static Work Gather(RowIds rows, Matrix y) => new(0, Indices(rows.Count) + Bytes(2 * Elements(y)));

    // A row reads its sample of eight bytes, its start, its user and two ends of excluded items, and writes the sample; a negative reads a
    // table row and writes a sample. The search among the excluded items depends on the data and is not counted.
    public static Work DrawSamples(in SampleDraws draws) =>
        new(0, Indices((8L * draws.Rows.Length) + (3L * (draws.Count - draws.Rows.Length))));

    // Reads a sample of eight bytes; writes its user, item and label.
    public static Work TakeSamples(in SampleRange range) => new(0, Indices(4L * range.Count) + Bytes(range.Count));

    // Reads the users and items, and writes a pair of them per sample.
    public static Work PairRows(RowIds users, RowIds items, Slice<int> pairUsers) =>
        new(0, Indices(users.Count + items.Count + (2L * pairUsers.Length)));

    public static Work CountNonFinite(ReadOnlySpan<Matrix> matrices)
    {
        Work work = default;
        foreach (Matrix x in matrices)
            work += new Work(0, Bytes(Elements(x)) + Indices(x.Rows));
        return work;
    }

    // Reads every score once and the ranks; writes an item and a score for each place.
    public static Work TopK(Matrix scores, Matrix best) =>
        new(0, Bytes(Elements(scores) + Elements(best)) + Indices(scores.Columns + Elements(best)));

    // A multiply-add for each user, item and element of a vector, and an addition for each bias. Reads every vector, bias, rank and item
    // left out once; writes an item and a score for each place, and a number for each user.
    public static Work TopDots(in DotRanking ranking, Matrix best)
    {
        long pairs = (long)ranking.Users.Rows * ranking.Items.Rows;
        return new Work(
            (2 * pairs * ranking.Users.Columns) + (ranking.Bias.IsEmpty ? 0 : pairs),
            Bytes(Elements(ranking.Users) + Elements(ranking.Items) + ranking.Bias.Length + Elements(best))
            + Indices(ranking.Ranks.Length + (2L * ranking.Users.Rows) + 1 + ranking.LeftOut.Count + Elements(best)));
    }

    public static Work SortRows(in MinibatchRows rows, Slice<long> keys) => new(0, Indices(rows.Rows.Length + (2L * keys.Length)));

    public static Work MapRows(RowIds rows) => new(0, Indices(3L * rows.Count));

    // The maximum, a difference, its exponential, a sum and a quotient.
    public static Work Softmax(Matrix x) =>
        new(Elements(x) * (4 + CountingLane.Count(m => m.Store(0, LaneMath.Exp(m.Load(0)))).Flops), Bytes(2 * Elements(x)));

    public static Work SoftmaxBackward(Matrix dx) => new(5L * dx.Values.Length, Bytes(4L * dx.Values.Length));

    // The body is counted over a row of as many logits.
    public static Work RowLoss<TLoss>(Matrix x)
        where TLoss : unmanaged, IRowLoss => x.Rows == 0 ? default : new(
            x.Rows * CountingLane.Count(m => m.Store(0, TLoss.Forward<CountingLane, CountingMemory>(m, x.Columns, 0))).Flops,
            Bytes(Elements(x) + x.Rows));

    public static Work RowLossBackward<TLoss>(Matrix dx)
        where TLoss : unmanaged, IRowLoss => dx.Values.IsEmpty ? default : new(
            dx.Rows * CountingLane.Count(m => TLoss.Backward(m, m.Load(0), m, dx.Columns, 0)).Flops, Bytes((3 * Elements(dx)) + dx.Rows));

    public static Work SegmentSum(Matrix x, Segments segments, Matrix y) =>
        new(2 * Elements(x), Bytes(Elements(x) + segments.Elements + Elements(y)) + Indices(segments.Starts.Length));

    public static Work SegmentSumBackward(Segments segments, Matrix dy, Matrix dx) => dx.Values.IsEmpty
        ? default
        : new(2 * Elements(dx), Bytes((2 * Elements(dx)) + segments.Elements + Elements(dy)) + Indices(segments.Starts.Length));

    // A logit, the bias, a maximum, a difference, an exponential and a sum for each row and item.
    public static Work SoftmaxLoss(Matrix x, in Catalogue items) =>
        new(Logits(x, items), Bytes(Elements(x) + Elements(items) + (2L * x.Rows)) + Indices(x.Rows + (2L * items.Count)));

    // The logits are computed again, unless the device kept them; each product takes as many multiply-adds as they do.
    public static Work SoftmaxLossBackward(Matrix x, in Catalogue items, Matrix dx, Matrix ditems, Slice<Real> dbias)
    {
        long product = 2 * Elements(x) * items.Count;
        Work work = SoftmaxLoss(x, items);
        if (!dx.Values.IsEmpty)
            work += new Work(product, Bytes(2 * Elements(dx)));
        if (!ditems.Values.IsEmpty)
            work += new Work(product, Bytes(Elements(ditems)));
        return dbias.IsEmpty ? work : work + new Work((long)x.Rows * items.Count, Bytes(dbias.Length));
    }

    private static long Logits(Matrix x, in Catalogue items) => (long)x.Rows * items.Count
        * ((2L * x.Columns) + 4 + CountingLane.Count(m => m.Store(0, LaneMath.Exp(m.Load(0)))).Flops);

    // The vectors and the biases.
    private static long Elements(in Catalogue items) => items.Count * (items.Vectors.Columns + 1L);

    public static Work DropoutMask(RowIds users, Matrix mask) => new(0, Indices(2L * users.Count) + Bytes(Elements(mask)));

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

    public static Work Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed, bool adds) => new(
        2 * Elements(c) * (transposed.HasFlag(Transposed.A) ? a.Rows : a.Columns),
        Bytes(Elements(a) + Elements(b) + (Elements(c) * (adds ? 2 : 1))));

    // The factor of n x n costs n^3 / 3 operations, its inverse as many, and their product too.
    public static Work CholeskyInverse(Matrix a) => new(Elements(a) * a.Rows, Bytes(2 * Elements(a)));

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
            work += RuleBody<TRule>.Apply * (parameter.TouchedOnly ? gradient : Elements(parameter.P));
            work += parameter.IsWhole
                ? new Work(0, Bytes(2 * gradient)) // the gradient is cleared
                : new Work(gradient, Indices(parameter.Rows.Count) + Bytes(gradient)); // positions are summed by row
        }

        return work;
    }

    public static Work Network(Network network, int samples)
    {
        Work losses = (BinaryBody<BinaryCrossEntropy>.Forward + BinaryBody<BinaryCrossEntropy>.BackwardLeft) * samples;
        bool wantsBelow = WantsAdjoint(network.Tower);
        Work backward = new(losses.Flops, 0);
        for (int i = 0; i < network.Layers.Count; i++)
        {
            NetworkLayer layer = network.Layers[i];
            wantsBelow |= i == network.TowerLayers.Count && WantsAdjoint(network.Product);
            int products = (wantsBelow ? 1 : 0) + (layer.WeightGradient.Values.IsEmpty ? 0 : 1);
            backward += new Work(
                samples * ((2 * products * Elements(layer.Weight)) + layer.BiasGradient.Length),
                Bytes(2 * (layer.WeightGradient.Values.Length + layer.BiasGradient.Length)));
            wantsBelow |= !layer.WeightGradient.Values.IsEmpty || !layer.BiasGradient.IsEmpty;
        }

        // The adjoints of both factors of the product.
        NetworkPair? product = network.Product;
        int factors =
            (product?.User.Gradient is null ? 0 : 1) + (product?.Item.Gradient is null && product?.Market?.Gradient is null ? 0 : 1);
        return NetworkForward(network, samples) + backward + Adjoints(network.Tower, samples) + Adjoints(product, samples)
            + new Work((long)factors * samples * (product?.Dimension ?? 0), 0);
    }

    // The inner step copies and updates the layers and the support samples' rows.
    public static Work Visit(Network network, InnerRule rule, ReadOnlySpan<MarketVisit> visits)
    {
        Work work = default;
        foreach (ref readonly MarketVisit visit in visits)
        {
            int support = visit.Support.Users.Count;
            long moved = network.Layers.Sum(layer => Elements(layer.Weight) + layer.Bias.Length)
                + network.Tables.Sum(table => (long)support * table.Value.Columns);
            work += (Network(network, support) * (rule.AddsSupport ? 2 : 1)) + Network(network, visit.Query.Users.Count)
                + (RuleBody<Sgd>.Apply * moved);
        }

        return work;
    }

    // Per sample: reads its table rows, and reads its label or writes its logit.
    public static Work NetworkForward(Network network, long samples)
    {
        int ids = network.Tower?.Market is not null || network.Product?.Market is not null ? 3 : 2;
        Work work = new(0, Indices(ids * samples) + Bytes(samples));
        foreach (NetworkLayer layer in network.Layers)
            work += new Work(2 * samples * Elements(layer.Weight), Bytes(Elements(layer.Weight) + layer.Bias.Length));
        Work product = new(samples * (network.Product?.Dimension ?? 0), 0);
        return work + Vectors(network.Tower, samples) + Vectors(network.Product, samples) + product;
    }

    private static bool WantsAdjoint(NetworkPair? pair) =>
        pair is not null && (pair.User.Gradient ?? pair.Item.Gradient ?? pair.Market?.Gradient) is not null;

    // Reads the table rows and, in market-aware models, computes and writes item x market.
    private static Work Vectors(NetworkPair? pair, long samples)
    {
        long numbers = samples * (pair?.Dimension ?? 0);
        return pair?.Market is not null ? new Work(numbers, Bytes(3 * numbers)) : new Work(0, Bytes(2 * numbers));
    }

    // Writes the rows' adjoints. In market-aware models, the adjoints of items and markets need one multiplication per element.
    private static Work Adjoints(NetworkPair? pair, long samples)
    {
        long numbers = samples * (pair?.Dimension ?? 0);
        int factors = (pair?.Item.Gradient is null ? 0 : 1) + (pair?.Market?.Gradient is null ? 0 : 1);
        return new Work(pair?.Market is null ? 0 : factors * numbers, Bytes((factors + (pair?.User.Gradient is null ? 0 : 1)) * numbers));
    }

    private static long Elements(Matrix matrix) => (long)matrix.Rows * matrix.Columns;

    private static long Bytes(long elements) => elements * sizeof(Real);

    private static long Indices(long count) => count * sizeof(int);

    private static class UnaryBody<TOp>
        where TOp : unmanaged, IUnaryOp
    {
        public static readonly Work Forward = CountingLane.Count(m => Elementwise.Unary<TOp, CountingLane, CountingMemory>(m, m, 0));
        public static readonly Work Backward =
            CountingLane.Count(m => Elementwise.UnaryBackward<TOp, CountingLane, CountingMemory>(m, m, m, 0));
    }

    private static class BinaryBody<TOp>
        where TOp : unmanaged, IBinaryOp
    {
        public static readonly Work Forward = CountingLane.Count(m => Elementwise.Binary<TOp, CountingLane, CountingMemory>(m, m, m, 0));
        public static readonly Work BackwardLeft =
            CountingLane.Count(m => Elementwise.BinaryBackwardLeft<TOp, CountingLane, CountingMemory>(m, m, m, m, 0));
        public static readonly Work BackwardRight =
            CountingLane.Count(m => Elementwise.BinaryBackwardRight<TOp, CountingLane, CountingMemory>(m, m, m, m, 0));
    }

    private static class RuleBody<TRule>
        where TRule : unmanaged, IUpdateRule
    {
        public static readonly Work Apply =
            CountingLane.Count(m => ParameterElements.Move<TRule, CountingLane, CountingMemory>(default, m, m, m, default, 0));
    }
}
