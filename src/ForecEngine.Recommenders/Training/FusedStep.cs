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
    private readonly Table[] _tables;
    private readonly RowSum[] _sums;

    /// <summary>A step for a model.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="kernel">What computes it.</param>
    /// <param name="model">The model.</param>
    public FusedStep(IDevice device, INetworkKernel kernel, INetworkModel model)
    {
        _device = device;
        _kernel = kernel;
        NetworkParts parts = model.Parts;
        _layers = [.. parts.Layers];
        _network = new Network(parts.TowerLayers.Count, parts.HeadLayers.Count);
        _tower = parts.Tower is { } tower ? new Pair(tower) : null;
        _product = parts.Product is { } product ? new Pair(product) : null;
        _tables = [.. _tower?.Tables ?? [], .. _product?.Tables ?? []];
        _sums = new RowSum[_tables.Length];
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
        AddRows(batch);
        return loss;
    }

    // The looked-up rows' adjoints to the tables' gradients, all at once.
    private void AddRows(Minibatch batch)
    {
        if (_tower is { WantsBoth: true } || _product is { WantsBoth: true })
            Indices.Group(batch.Users, batch.Items);
        int count = 0;
        foreach (Table table in _tables)
        {
            if (table.WantsAdjoint)
                _sums[count++] = table.Expect(_device, batch);
        }

        _device.SumRows(_sums.AsSpan(0, count));
        foreach (Table table in _tables)
        {
            if (table.WantsAdjoint)
                table.Take(_device);
        }
    }

    private static Matrix Wanted(DenseParameter parameter) => parameter.IsFrozen ? default : parameter.Gradient;

    /// <summary>A pair of vectors as the kernel takes it.</summary>
    private sealed class Pair(VectorPair pair)
    {
        private readonly Table _user = new(pair.User.Table, batch => batch.Users);
        private readonly Table _item = new(pair.Item.Table, batch => batch.Items);
        private readonly Table? _market = pair.Market is { } market ? new Table(market.Table, batch => batch.Markets) : null;

        public IEnumerable<Table> Tables => _market is null ? [_user, _item] : [_user, _item, _market];

        /// <summary>Whether the users' rows and the items' both want their adjoints.</summary>
        public bool WantsBoth => _user.WantsAdjoint && _item.WantsAdjoint;

        public TablePair Bind(IDevice device, int samples) =>
            new(_user.Bind(device, samples), _item.Bind(device, samples), _market?.Bind(device, samples) ?? default);
    }

    /// <summary>A table, and the memory of its adjoints, one row a sample.</summary>
    private sealed class Table(EmbeddingTable table, Func<Minibatch, Indices> rows)
    {
        private Storage<Real> _storage = new HostStorage<Real>(0);
        private NetworkTable _bound;

        public bool WantsAdjoint => _bound.WantsAdjoint;

        public NetworkTable Bind(IDevice device, int samples)
        {
            int columns = table.Value.Columns, length = checked(samples * columns);
            if (!table.IsFrozen && _storage.Length < length)
                _storage = device.Allocate<Real>(length);
            _bound = new NetworkTable(table.Value, new Matrix(table.IsFrozen ? default : _storage.Slice(0, length), samples, columns));
            return _bound;
        }

        public RowSum Expect(IDevice device, Minibatch batch) => table.Gradient.Expect(device, _bound.Adjoint, rows(batch).Groups);

        public void Take(IDevice device) => table.Gradient.Take(device);
    }
}
