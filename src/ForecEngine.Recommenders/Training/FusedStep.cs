// The step of the neural collaborative filtering family where the device computes a whole network at once: the tape's loss
// and gradients, bit for bit, without a tape.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Fused;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Binary cross-entropy in one operation of the device.</summary>
internal sealed class FusedStep : IStep
{
    private readonly IDevice _device;
    private readonly INetworkKernel _kernel;
    private readonly Linear[] _layers;
    private readonly Network _network;
    private readonly Pair? _tower;
    private readonly Pair? _product;

    /// <summary>A step for a model.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="kernel">What computes it.</param>
    /// <param name="model">The model.</param>
    public FusedStep(IDevice device, INetworkKernel kernel, INetworkModel model)
    {
        _device = device;
        _kernel = kernel;
        NetworkParts parts = model.Parts;
        _layers = [.. parts.TowerLayers, .. parts.HeadLayers, parts.Output];
        _network = new Network(parts.TowerLayers.Count, parts.HeadLayers.Count);
        _tower = parts.Tower is { } tower ? new Pair(tower) : null;
        _product = parts.Product is { } product ? new Pair(product) : null;
    }

    /// <inheritdoc/>
    public Real Run(Minibatch batch, Real weight = 1)
    {
        // Bound anew each time, as on a tape: what is frozen, and which gradients are in place, may have changed.
        for (int i = 0; i < _layers.Length; i++)
            _network.Layers[i] = new NetworkLayer(_layers[i].Weight.Value, _layers[i].Bias.Value.Values, Wanted(_layers[i].Weight), Wanted(_layers[i].Bias).Values);
        _network.Tower = _tower?.Bind(_device, batch.Count) ?? default;
        _network.Product = _product?.Bind(_device, batch.Count) ?? default;

        Real loss = _kernel.Differentiate(_network, batch.Users.Values, batch.Items.Values, batch.Markets.Values, batch.Labels.Values, weight);
        _tower?.AddTo(_device, _network.Tower, batch);
        _product?.AddTo(_device, _network.Product, batch);
        return loss;
    }

    private static Matrix Wanted(DenseParameter parameter) => parameter.IsFrozen ? default : parameter.Gradient;

    /// <summary>A pair of vectors as the kernel takes it.</summary>
    private sealed class Pair(VectorPair pair)
    {
        private readonly Table _user = new(pair.User.Table);
        private readonly Table _item = new(pair.Item.Table);
        private readonly Table? _market = pair.Market is { } market ? new Table(market.Table) : null;

        public TablePair Bind(IDevice device, int samples) =>
            new(_user.Bind(device, samples), _item.Bind(device, samples), _market?.Bind(device, samples) ?? default);

        public void AddTo(IDevice device, in TablePair bound, Minibatch batch)
        {
            _user.Add(device, bound.User, batch.Users);
            _item.Add(device, bound.Item, batch.Items);
            _market?.Add(device, bound.Market, batch.Markets);
        }
    }

    /// <summary>A table, and the memory of its adjoints, one row a sample.</summary>
    private sealed class Table(EmbeddingTable table)
    {
        private Storage<Real> _adjoint = new HostStorage<Real>(0);

        public NetworkTable Bind(IDevice device, int samples)
        {
            int columns = table.Value.Columns, length = checked(samples * columns);
            if (!table.IsFrozen && _adjoint.Length < length)
                _adjoint = device.Allocate<Real>(length);
            return new NetworkTable(table.Value, new Matrix(table.IsFrozen ? default : _adjoint.Slice(0, length), samples, columns));
        }

        public void Add(IDevice device, in NetworkTable bound, Indices rows)
        {
            if (bound.WantsAdjoint)
                table.Gradient.Add(device, bound.Adjoint, rows.Groups);
        }
    }
}
