// A device with memory that the host cannot read: its storage is not a HostStorage, so that taking a span of it throws, and it counts
// the copies between host and device. It computes with the scalar device.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Recommenders.Tests.Training;

/// <summary>The scalar device with memory that the host cannot read.</summary>
internal sealed class OpaqueDevice : IDevice
{
    private readonly ScalarDevice _scalar = new();

    /// <summary>How often the host has read from the device.</summary>
    public int Reads { get; private set; }

    /// <summary>How many elements the host has read.</summary>
    public long ElementsRead { get; private set; }

    /// <summary>How often the host has written to the device.</summary>
    public int Writes { get; private set; }

    /// <summary>Is called before each update, and can fail like a driver.</summary>
    public Action? BeforeUpdate { get; set; }

    public string Name => "opaque";

    public bool IsHost => false;

    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => new Opaque<T>(this, length);

    public void Synchronize()
    {
        // Every operation has run when its call returns.
    }

    public void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged => _scalar.Copy(Own(source), Own(destination));

    public void Fill(Slice<Real> x, Real value) => _scalar.Fill(Own(x), value);

    public void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp => _scalar.Unary<TOp>(Own(x), Own(y));

    public void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp => _scalar.UnaryBackward<TOp>(Own(x), Own(dy), Own(dx));

    public void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp => _scalar.Binary<TOp>(Own(a), Own(b), Own(y));

    public void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp => _scalar.BinaryBackward<TOp>(Own(a), Own(b), Own(dy), Own(da), Own(db));

    public void Gather(Matrix table, RowIds rows, Matrix y) => _scalar.Gather(Own(table), Own(rows), Own(y));

    public void PutRows(Matrix x, RowIds rows, Matrix table) => _scalar.PutRows(Own(x), Own(rows), Own(table));

    public void DrawSamples(in SampleDraws draws, Slice<Sample> samples) => _scalar.DrawSamples(
        draws with
        {
            Rows = Own(draws.Rows),
            Starts = Own(draws.Starts),
            Users = Own(draws.Users),
            ExcludedStarts = Own(draws.ExcludedStarts),
            Excluded = Own(draws.Excluded),
            Pool = Own(draws.Pool),
        },
        Own(samples));

    public void TakeSamples(in SampleRange range, Slice<int> users, Slice<int> items, Slice<Real> labels) =>
        _scalar.TakeSamples(range with { Samples = Own(range.Samples) }, Own(users), Own(items), Own(labels));

    public void SortRows(in MinibatchRows rows, Slice<long> keys) => _scalar.SortRows(rows with { Rows = Own(rows.Rows) }, Own(keys));

    public void Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed = Transposed.None, bool adds = false) =>
        _scalar.Multiply(Own(a), Own(b), Own(c), transposed, adds);

    public void CholeskyInverse(Matrix a) => _scalar.CholeskyInverse(Own(a));

    public void TopDots(in DotRanking ranking, Slice<int> nonFinite, Slice<int> bestItems, Matrix bestScores) => _scalar.TopDots(
        new DotRanking(
            Own(ranking.Users), Own(ranking.Items), Own(ranking.Bias), Own(ranking.Ranks), Own(ranking.LeftOutStarts),
            Own(ranking.LeftOut)),
        Own(nonFinite), Own(bestItems), Own(bestScores));

    public void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y) => _scalar.Dense(Own(x), Own(weight), Own(bias), Own(y));

    public void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias) =>
        _scalar.DenseBackward(Own(x), Own(weight), Own(dy), Own(dx), Own(dweight), Own(dbias));

    public void Concatenate(Matrix a, Matrix b, Matrix y) => _scalar.Concatenate(Own(a), Own(b), Own(y));

    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db) => _scalar.ConcatenateBackward(Own(dy), Own(da), Own(db));

    public void Mean(Slice<Real> x, Slice<Real> y) => _scalar.Mean(Own(x), Own(y));

    public void MeanBackward(Slice<Real> dy, Slice<Real> dx) => _scalar.MeanBackward(Own(dy), Own(dx));

    public void MapRows(Slice<int> map, RowIds rows, Slice<int> y) => _scalar.MapRows(Own(map), Own(rows), Own(y));

    public void Softmax(Matrix x, Matrix y) => _scalar.Softmax(Own(x), Own(y));

    public void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx) => _scalar.SoftmaxBackward(Own(y), Own(dy), Own(dx));

    public void RowLoss<TLoss>(Matrix x, Slice<Real> y)
        where TLoss : unmanaged, IRowLoss => _scalar.RowLoss<TLoss>(Own(x), Own(y));

    public void RowLossBackward<TLoss>(Matrix x, Slice<Real> dy, Matrix dx)
        where TLoss : unmanaged, IRowLoss => _scalar.RowLossBackward<TLoss>(Own(x), Own(dy), Own(dx));

    public void SegmentSum(Matrix x, Slice<Real> weights, Segments segments, Matrix y) =>
        _scalar.SegmentSum(Own(x), Own(weights), Own(segments), Own(y));

    public void SegmentSumBackward(Slice<Real> weights, Segments segments, Matrix dy, Matrix dx) =>
        _scalar.SegmentSumBackward(Own(weights), Own(segments), Own(dy), Own(dx));

    public void SoftmaxLoss(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> losses, Slice<Real> normalisers, Slice<Real> kept = default) =>
        _scalar.SoftmaxLoss(Own(x), Own(items), Own(targets), Own(losses), Own(normalisers), Own(kept));

    public void SoftmaxLossBackward(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> normalisers, Slice<Real> dlosses, Matrix dx, Matrix ditems,
        Slice<Real> dbias, Slice<Real> kept = default) => _scalar.SoftmaxLossBackward(
        Own(x), Own(items), Own(targets), Own(normalisers), Own(dlosses), Own(dx), Own(ditems), Own(dbias), Own(kept));

    public void DropoutMask(in DropoutDraws draws, RowIds users, RowIds items, Matrix mask) =>
        _scalar.DropoutMask(draws, Own(users), Own(items), Own(mask));

    public void CountNonFinite(Slice<int> counts, params ReadOnlySpan<Matrix> matrices) =>
        _scalar.CountNonFinite(Own(counts), [.. matrices.ToArray().Select(Own)]);

    public void PairRows(RowIds users, RowIds items, int first, Slice<int> pairUsers, Slice<int> pairItems) =>
        _scalar.PairRows(Own(users), Own(items), first, Own(pairUsers), Own(pairItems));

    public void TopK(Matrix scores, Slice<int> ranks, Slice<int> bestItems, Matrix bestScores) =>
        _scalar.TopK(Own(scores), Own(ranks), Own(bestItems), Own(bestScores));

    public void Update<TRule>(Slice<Real> losses, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        BeforeUpdate?.Invoke();
        ParameterUpdate<TRule>[] own = new ParameterUpdate<TRule>[parameters.Length];
        for (int i = 0; i < own.Length; i++)
        {
            ParameterUpdate<TRule> update = parameters[i];
            (Matrix p, Slice<Real> m, Slice<Real> v, Matrix gradient) = (Own(update.P), Own(update.M), Own(update.V), Own(update.Gradient));
            own[i] = update.IsWhole
                ? new(update.Rule, p.Values, m, v, gradient.Values)
                : new(update.Rule, p, m, v, Own(update.Rows), gradient, update.TouchedOnly);
        }

        _scalar.Update<TRule>(Own(losses), own);
    }

    public INetworkProgram? Compile(Network network) => null;

    public void Dispose() => _scalar.Dispose();

    private static Slice<T> Own<T>(Slice<T> slice)
        where T : unmanaged => slice.Storage is Opaque<T> opaque ? opaque.Memory.Slice(slice.Offset, slice.Length) : default;

    private static Matrix Own(Matrix matrix) => new(Own(matrix.Values), matrix.Rows, matrix.Columns);

    private static RowIds Own(RowIds rows) => RowIds.Known(Own(rows.Values), rows.Bound, areDistinct: rows.AreDistinct);

    private static Catalogue Own(in Catalogue items) =>
        new(Own(items.Vectors), Own(items.Rows), Own(items.Biases), Own(items.BiasRows));

    private static Segments Own(Segments segments) => Segments.Known(Own(segments.Starts), segments.Elements);

    private sealed class Opaque<T>(OpaqueDevice device, int length) : Storage<T>(length)
        where T : unmanaged
    {
        public HostStorage<T> Memory { get; } = new(length);

        public override void Read(int offset, Span<T> destination)
        {
            device.Reads++;
            device.ElementsRead += destination.Length;
            Memory.Read(offset, destination);
        }

        public override void Write(int offset, ReadOnlySpan<T> source)
        {
            device.Writes++;
            Memory.Write(offset, source);
        }

        public override void Free() => Memory.Free();
    }
}
