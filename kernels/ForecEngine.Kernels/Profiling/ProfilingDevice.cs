// A device that times the device beneath it. It computes nothing itself, so results are that device's, bit for bit.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Profiling;

/// <summary>Passes every operation on, in a span that tells its work.</summary>
/// <param name="device">The device that computes. It is disposed of together with this one.</param>
public sealed class ProfilingDevice(IDevice device) : IDevice
{
    /// <inheritdoc/>
    public string Name => device.Name;

    /// <inheritdoc/>
    public int Threads => device.Threads;

    /// <inheritdoc/>
    public INetworkKernel? Networks { get; } = device.Networks is { } networks ? new ProfilingNetworks(networks) : null;

    /// <inheritdoc/>
    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => device.Allocate<T>(length);

    /// <inheritdoc/>
    public void Fill(Slice<Real> x, Real value)
    {
        using OpenSpan span = TraceSpan.OfKernel("Fill", OperationWork.Fill(x));
        device.Fill(x, value);
    }

    /// <inheritdoc/>
    public void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Forward, OperationWork.Unary<TOp>(x));
        device.Unary<TOp>(x, y);
    }

    /// <inheritdoc/>
    public void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Backward, OperationWork.UnaryBackward<TOp>(dx));
        device.UnaryBackward<TOp>(x, dy, dx);
    }

    /// <inheritdoc/>
    public void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Forward, OperationWork.Binary<TOp>(a));
        device.Binary<TOp>(a, b, y);
    }

    /// <inheritdoc/>
    public void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TOp>.Backward, OperationWork.BinaryBackward<TOp>(da, db));
        device.BinaryBackward<TOp>(a, b, dy, da, db);
    }

    /// <inheritdoc/>
    public void Gather(Matrix table, Slice<int> rows, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Gather", OperationWork.Gather(rows, y));
        device.Gather(table, rows, y);
    }

    /// <inheritdoc/>
    public void GroupRows(params ReadOnlySpan<RowGrouping> groupings)
    {
        using OpenSpan span = TraceSpan.OfKernel("Group rows", OperationWork.GroupRows(groupings));
        device.GroupRows(groupings);
    }

    /// <inheritdoc/>
    public void SumRows(params ReadOnlySpan<RowSum> sums)
    {
        using OpenSpan span = TraceSpan.OfKernel("Sum rows", OperationWork.SumRows(sums));
        device.SumRows(sums);
    }

    /// <inheritdoc/>
    public void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Dense", OperationWork.Dense(x, weight, bias, y));
        device.Dense(x, weight, bias, y);
    }

    /// <inheritdoc/>
    public void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias)
    {
        using OpenSpan span = TraceSpan.OfKernel("Dense backward", OperationWork.DenseBackward(x, weight, dy, dx, dweight, dbias));
        device.DenseBackward(x, weight, dy, dx, dweight, dbias);
    }

    /// <inheritdoc/>
    public void Concatenate(Matrix a, Matrix b, Matrix y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Concatenate", OperationWork.Concatenate(y));
        device.Concatenate(a, b, y);
    }

    /// <inheritdoc/>
    public void ConcatenateBackward(Matrix dy, Matrix da, Matrix db)
    {
        using OpenSpan span = TraceSpan.OfKernel("Concatenate backward", OperationWork.ConcatenateBackward(da, db));
        device.ConcatenateBackward(dy, da, db);
    }

    /// <inheritdoc/>
    public void Mean(Slice<Real> x, Slice<Real> y)
    {
        using OpenSpan span = TraceSpan.OfKernel("Mean", OperationWork.Mean(x));
        device.Mean(x, y);
    }

    /// <inheritdoc/>
    public void MeanBackward(Slice<Real> dy, Slice<Real> dx)
    {
        using OpenSpan span = TraceSpan.OfKernel("Mean backward", OperationWork.MeanBackward(dx));
        device.MeanBackward(dy, dx);
    }

    /// <inheritdoc/>
    public void Update<TRule>(params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule
    {
        using OpenSpan span = TraceSpan.OfKernel(NameOf<TRule>.Forward, OperationWork.Update(parameters));
        device.Update(parameters);
    }

    /// <inheritdoc/>
    public void Dispose() => device.Dispose();

    private sealed class ProfilingNetworks(INetworkKernel networks) : INetworkKernel
    {
        public Real Differentiate(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> labels, Real weight)
        {
            using OpenSpan span = TraceSpan.OfKernel("Network", OperationWork.Network(network, users));
            return networks.Differentiate(network, users, items, markets, labels, weight);
        }

        public void Score(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> logits)
        {
            using OpenSpan span = TraceSpan.OfKernel("Network forward", OperationWork.NetworkForward(network, users));
            networks.Score(network, users, items, markets, logits);
        }
    }

    private static class NameOf<T>
    {
        public static readonly string Forward = typeof(T).Name;
        public static readonly string Backward = $"{typeof(T).Name} backward";
    }
}
