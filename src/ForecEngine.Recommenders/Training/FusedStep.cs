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
    private readonly NetworkParts _parts;
    private readonly Linear[] _layers;
    private readonly Network _network;
    private readonly PairAdjoints? _tower;
    private readonly PairAdjoints? _product;
    private readonly RowSum[] _sums = new RowSum[4]; // of two pairs of tables
    private readonly EmbeddingTable[] _summed = new EmbeddingTable[4];

    /// <summary>A step for a model.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="kernel">What computes it.</param>
    /// <param name="model">The model.</param>
    public FusedStep(IDevice device, INetworkKernel kernel, INetworkModel model)
    {
        _device = device;
        _kernel = kernel;
        _parts = model.Parts ?? throw new ArgumentException("a market-aware model has no fused step", nameof(model));
        _layers = [.. _parts.TowerLayers, .. _parts.HeadLayers, _parts.Output];
        _network = new Network(_parts.TowerLayers.Count, _parts.HeadLayers.Count);
        _tower = _parts.Tower is { } tower ? new PairAdjoints(tower) : null;
        _product = _parts.Product is { } product ? new PairAdjoints(product) : null;
    }

    /// <inheritdoc/>
    public Real Run(Minibatch batch, Real weight = 1)
    {
        // Bound anew each time, as on a tape: what is frozen, and which gradients are in place, may have changed.
        for (int i = 0; i < _layers.Length; i++)
            _network.Layers[i] = new NetworkLayer(_layers[i].Weight.Value, _layers[i].Bias.Value.Values, Wanted(_layers[i].Weight), Wanted(_layers[i].Bias).Values);
        _network.Tower = _tower?.Bind(_device, batch.Count) ?? default;
        _network.Product = _product?.Bind(_device, batch.Count) ?? default;

        Real loss = _kernel.Differentiate(_network, batch.Users.Values, batch.Items.Values, batch.Labels.Values, weight);
        AddRows(batch);
        return loss;
    }

    // The looked-up rows' adjoints to the tables' gradients, all at once.
    private void AddRows(Minibatch batch)
    {
        int count = 0;
        Expect(_parts.Tower, _network.Tower);
        Expect(_parts.Product, _network.Product);
        if (count == 0)
            return;
        _device.SumRows(_sums.AsSpan(0, count));
        foreach (EmbeddingTable table in _summed.AsSpan(0, count))
            table.Gradient.Take(_device);

        void Expect(VectorPair? pair, in TablePair bound)
        {
            if (pair is null)
                return;
            if (!pair.User.Table.IsFrozen && !pair.Item.Table.IsFrozen)
                Indices.Group(batch.Users, batch.Items);
            ExpectTable(pair.User.Table, bound.UserAdjoint, batch.Users);
            ExpectTable(pair.Item.Table, bound.ItemAdjoint, batch.Items);
        }

        void ExpectTable(EmbeddingTable table, Matrix adjoint, Indices ids)
        {
            if (table.IsFrozen)
                return;
            _sums[count] = table.Gradient.Expect(_device, adjoint, ids.Groups);
            _summed[count++] = table;
        }
    }

    private static Matrix Wanted(DenseParameter parameter) => parameter.IsFrozen ? default : parameter.Gradient;

    /// <summary>The memory of a pair's adjoints, one row a sample.</summary>
    private sealed class PairAdjoints(VectorPair pair)
    {
        private Storage<Real> _user = new HostStorage<Real>(0);
        private Storage<Real> _item = new HostStorage<Real>(0);

        public TablePair Bind(IDevice device, int samples) => new(
            pair.User.Table.Value, pair.Item.Table.Value, Place(device, ref _user, pair.User.Table, samples), Place(device, ref _item, pair.Item.Table, samples));

        private static Matrix Place(IDevice device, ref Storage<Real> storage, EmbeddingTable table, int samples)
        {
            int columns = table.Value.Columns;
            if (table.IsFrozen)
                return new Matrix(default, samples, columns);
            if (storage.Length < samples * columns)
                storage = device.Allocate<Real>(checked(samples * columns));
            return new Matrix(storage.Slice(0, samples * columns), samples, columns);
        }
    }
}
