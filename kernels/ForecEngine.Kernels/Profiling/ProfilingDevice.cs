// A device that times the operations of another one. It computes nothing itself, so results have the other device's bits.

namespace ForecEngine.Kernels.Profiling;

/// <summary>Profiling of devices.</summary>
public static class DeviceProfiling
{
    /// <summary>Wraps a device so that every operation runs in a span (<see cref="TraceSpan"/>) with its work.</summary>
    /// <param name="device">The device that computes. It is disposed of together with the new one.</param>
    public static IDevice Profiled(this IDevice device) => new ProfilingDevice(device);
}

/// <summary>Passes every operation on to another device, in a span with its work.</summary>
/// <param name="device">The device that computes. It is disposed of together with this one.</param>
internal sealed class ProfilingDevice(IDevice device) : IDevice
{
    public string Name => device.Name;

    public bool IsHost => device.IsHost;

    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => device.Allocate<T>(length);

    public void Synchronize() => device.Synchronize();

    public void Copy<T>(Slice<T> source, Slice<T> destination)
        where T : unmanaged
    {
        using OpenSpan span = TraceSpan.OfKernel("Copy", OperationWork.Copy(source));
        device.Copy(source, destination);
    }

    public void Fill(Slice<Real> x, Real value)
    {
        using OpenSpan span = TraceSpan.OfKernel("Fill", OperationWork.Fill(x));
        device.Fill(x, value);
    }

    public void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Forward, OperationWork.Unary<TOp>(x));
        device.Unary<TOp>(x, y);
    }

    public void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Backward, OperationWork.UnaryBackward<TOp>(dx));
        device.UnaryBackward<TOp>(x, dy, dx);
    }

    public void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Forward, OperationWork.Binary<TOp>(a));
        device.Binary<TOp>(a, b, y);
    }

    public void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Backward, OperationWork.BinaryBackward<TOp>(da, db));
        device.BinaryBackward<TOp>(a, b, dy, da, db);
    }

    public void Gather(Matrix table, RowIds rows, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Gather", OperationWork.Gather(rows, y));
        device.Gather(table, rows, y);
    }

    public void PutRows(Matrix x, RowIds rows, Matrix table)
    {
        using OpenSpan span = TraceSpan.OfKernel("Put rows", OperationWork.Gather(rows, x));
        device.PutRows(x, rows, table);
    }

    public void DrawSamples(in SampleDraws draws, Slice<Sample> samples)
    {
        using OpenSpan span = TraceSpan.OfKernel("Draw samples", OperationWork.DrawSamples(draws));
        device.DrawSamples(draws, samples);
    }

    public void TakeSamples(in SampleRange range, Slice<int> users, Slice<int> items, Slice<Real> labels)
    {
        using OpenSpan span = TraceSpan.OfKernel("Take samples", OperationWork.TakeSamples(range));
        device.TakeSamples(range, users, items, labels);
    }

    public void SortRows(in MinibatchRows rows, Slice<long> keys)
    {
        using OpenSpan span = TraceSpan.OfKernel("Sort rows", OperationWork.SortRows(rows, keys));
        device.SortRows(rows, keys);
    }

    public void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Dense", OperationWork.Dense(x, weight, bias, y));
        device.Dense(x, weight, bias, y);
    }

    public void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias)
    {
        using OpenSpan span = TraceSpan.OfKernel("Dense backward", OperationWork.DenseBackward(x, weight, dy, dx, dweight, dbias));
        device.DenseBackward(x, weight, dy, dx, dweight, dbias);
    }

    public void Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed = Transposed.None, bool adds = false)
    {
        using OpenSpan span = TraceSpan.OfKernel("Multiply", OperationWork.Multiply(a, b, c, transposed, adds));
        device.Multiply(a, b, c, transposed, adds);
    }

    public void CholeskyInverse(Matrix a)
    {
        using OpenSpan span = TraceSpan.OfKernel("Cholesky inverse", OperationWork.CholeskyInverse(a));
        device.CholeskyInverse(a);
    }

    public void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Concatenate", OperationWork.Concatenate(y));
        device.Concatenate(a, b, y);
    }

    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        using OpenSpan span = TraceSpan.OfKernel("Concatenate backward", OperationWork.ConcatenateBackward(da, db));
        device.ConcatenateBackward(dy, da, db);
    }

    public void Mean(Slice<Real> x, Slice<Real> y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Mean", OperationWork.Mean(x));
        device.Mean(x, y);
    }

    public void MeanBackward(Slice<Real> dy, Slice<Real> dx)
    {
        using OpenSpan span = TraceSpan.OfKernel("Mean backward", OperationWork.MeanBackward(dx));
        device.MeanBackward(dy, dx);
    }

    public void MapRows(Slice<int> map, RowIds rows, Slice<int> y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Map rows", OperationWork.MapRows(rows));
        device.MapRows(map, rows, y);
    }

    public void Softmax(Matrix x, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Softmax", OperationWork.Softmax(x));
        device.Softmax(x, y);
    }

    public void RowLoss<TLoss>(Matrix x, Slice<Real> y)
        where TLoss : unmanaged, IRowLoss
    {
        using OpenSpan span = TraceSpan.OfKernel(typeof(TLoss).Name, OperationWork.RowLoss<TLoss>(x));
        device.RowLoss<TLoss>(x, y);
    }

    public void RowLossBackward<TLoss>(Matrix x, Slice<Real> dy, Matrix dx)
        where TLoss : unmanaged, IRowLoss
    {
        using OpenSpan span = TraceSpan.OfKernel($"{typeof(TLoss).Name} backward", OperationWork.RowLossBackward<TLoss>(dx));
        device.RowLossBackward<TLoss>(x, dy, dx);
    }

    public void SoftmaxBackward(Matrix y, Matrix dy, Matrix dx)
    {
        using OpenSpan span = TraceSpan.OfKernel("Softmax backward", OperationWork.SoftmaxBackward(dx));
        device.SoftmaxBackward(y, dy, dx);
    }

    public void SegmentSum(Matrix x, Slice<Real> weights, Segments segments, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Segment sum", OperationWork.SegmentSum(x, segments, y));
        device.SegmentSum(x, weights, segments, y);
    }

    public void SegmentSumBackward(Slice<Real> weights, Segments segments, Matrix dy, Matrix dx)
    {
        using OpenSpan span = TraceSpan.OfKernel("Segment sum backward", OperationWork.SegmentSumBackward(segments, dy, dx));
        device.SegmentSumBackward(weights, segments, dy, dx);
    }

    public void SoftmaxLoss(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> losses, Slice<Real> normalisers, Slice<Real> kept = default)
    {
        using OpenSpan span = TraceSpan.OfKernel("Softmax loss", OperationWork.SoftmaxLoss(x, items));
        device.SoftmaxLoss(x, items, targets, losses, normalisers, kept);
    }

    public void SoftmaxLossBackward(
        Matrix x, in Catalogue items, RowIds targets, Slice<Real> normalisers, Slice<Real> dlosses, Matrix dx, Matrix ditems,
        Slice<Real> dbias, Slice<Real> kept = default)
    {
        using OpenSpan span = TraceSpan.OfKernel("Softmax loss backward", OperationWork.SoftmaxLossBackward(x, items, dx, ditems, dbias));
        device.SoftmaxLossBackward(x, items, targets, normalisers, dlosses, dx, ditems, dbias, kept);
    }

    public void DropoutMask(in DropoutDraws draws, RowIds users, RowIds items, Matrix mask)
    {
        using OpenSpan span = TraceSpan.OfKernel("Dropout mask", OperationWork.DropoutMask(users, mask));
        device.DropoutMask(draws, users, items, mask);
    }

    public void CountNonFinite(Slice<int> counts, params ReadOnlySpan<Matrix> matrices)
    {
        using OpenSpan span = TraceSpan.OfKernel("Count non-finite", OperationWork.CountNonFinite(matrices));
        device.CountNonFinite(counts, matrices);
    }

    public void PairRows(RowIds users, RowIds items, int first, Slice<int> pairUsers, Slice<int> pairItems)
    {
        using OpenSpan span = TraceSpan.OfKernel("Pair rows", OperationWork.PairRows(users, items, pairUsers));
        device.PairRows(users, items, first, pairUsers, pairItems);
    }

    public void TopK(Matrix scores, Slice<int> ranks, Slice<int> bestItems, Matrix bestScores)
    {
        using OpenSpan span = TraceSpan.OfKernel("Top K", OperationWork.TopK(scores, bestScores));
        device.TopK(scores, ranks, bestItems, bestScores);
    }

    public void TopDots(in DotRanking ranking, Slice<int> nonFinite, Slice<int> bestItems, Matrix bestScores)
    {
        using OpenSpan span = TraceSpan.OfKernel("Top dots", OperationWork.TopDots(ranking, bestScores));
        device.TopDots(ranking, nonFinite, bestItems, bestScores);
    }

    public void Update<TRule>(Slice<Real> losses, params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TRule>.Forward, OperationWork.Update(parameters));
        device.Update(losses, parameters);
    }

    public void Prepare<TRule>(params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule => device.Prepare(parameters);

    public INetworkProgram? Compile(Network network) =>
        device.Compile(network) is { } program ? new ProfilingProgram(network, program) : null;

    public void Dispose() => device.Dispose();

    private sealed class ProfilingProgram(Network network, INetworkProgram program) : INetworkProgram
    {
        public void Differentiate(in SampleBatch batch, Real weight, Slice<Real> loss)
        {
            using OpenSpan span = TraceSpan.OfKernel("Network", OperationWork.Network(network, batch.Users.Count));
            program.Differentiate(batch, weight, loss);
        }

        public void Visit(InnerRule rule, Real weight, ReadOnlySpan<MarketVisit> visits)
        {
            using OpenSpan span = TraceSpan.OfKernel("Network visits", OperationWork.Visit(network, rule, visits));
            program.Visit(rule, weight, visits);
        }

        public void Score(in SampleBatch pairs, Slice<Real> logits)
        {
            using OpenSpan span = TraceSpan.OfKernel("Network forward", OperationWork.NetworkForward(network, pairs.Users.Count));
            program.Score(pairs, logits);
        }
    }

    private static class NameOf<T>
    {
        public static readonly string Forward = typeof(T).Name;
        public static readonly string Backward = $"{typeof(T).Name} backward";
    }
}
