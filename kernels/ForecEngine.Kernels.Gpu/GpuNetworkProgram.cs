// A network compiled for an accelerator. A minibatch or a round of meta-learning is one launch; the update that follows is the other one of
// a step (PendingGradients).

using ForecEngine.Kernels.Fused;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Runs a network by the kernels of the fused step.</summary>
internal sealed class GpuNetworkProgram : INetworkProgram
{
    private const int MostGroups = 512; // does not depend on the accelerator, because the order of sums depends on it

    private readonly GpuDevice _device;
    private readonly Network _network;
    private readonly GpuNetworkLayout _layout;
    private readonly GpuStorage<TileLayer> _layers;
    private readonly NetworkTable?[] _tables;
    private readonly VisitSamples _visitSamples;
    private readonly bool _wantsGradient;
    private GpuStorage<float> _sums, _losses, _supportSums, _supportAdjoints;
    private GpuStorage<long> _userKeys, _itemKeys;

    /// <summary>Compiles a network.</summary>
    public GpuNetworkProgram(GpuDevice device, GpuNetworkLayout layout)
    {
        (_device, _layout, _network) = (device, layout, layout.Network);
        _layers = new GpuStorage<TileLayer>(device, layout.Layers.Count);
        _layers.Write(0, layout.Layers.ToArray());
        _tables = [_network.Tower?.User, _network.Tower?.Item, _network.Product?.User, _network.Product?.Item];
        _visitSamples = new VisitSamples(device);
        (_sums, _losses, _supportSums, _supportAdjoints) = (Floats(), Floats(), Floats(), Floats());
        (_userKeys, _itemKeys) = (new GpuStorage<long>(device, 0), new GpuStorage<long>(device, 0));
        for (int i = 0; i < layout.Layers.Count; i++)
        {
            NetworkLayer layer = _network.Layers[i];
            if (!layer.WeightGradient.Values.IsEmpty)
                Pending.Dense.Add((layer.WeightGradient.Values, layout.Layers[i].WeightSum));
            if (!layer.BiasGradient.IsEmpty)
                Pending.Dense.Add((layer.BiasGradient, layout.Layers[i].BiasSum));
        }

        _wantsGradient = Pending.Dense.Count > 0 || _tables.Any(table => table?.Gradient is not null);

        GpuStorage<float> Floats() => new(device, 0);
    }

    /// <summary>The gradients that a minibatch or a round leaves for the update.</summary>
    public PendingGradients Pending { get; } = new();

    private TileNetwork Tile => _layout.Tile with { Memory = _device.SmallMemory, Layers = _device.ViewOf(_layers.Slice()) };

    public void Differentiate(in SampleBatch batch, float weight, Slice<float> loss)
    {
        RequireGradient();
        _network.Check(batch);
        Shapes.Require(batch.Labels, batch.Users.Count);
        Shapes.Require(loss, 1);
        _device.FinishGradients();
        int count = batch.Users.Count;
        if (count == 0)
        {
            _device.Fill(loss, 0);
            return;
        }

        int groups = Math.Min(MostGroups, Groups(count));
        Reserve(ref _sums, (long)groups * _layout.SumLength);
        Reserve(ref _losses, groups);
        Pending.ClearTables();
        TileAdjoints adjoints = new() { Values = Absent() };
        for (int table = 0; table < _tables.Length; table++)
        {
            if (_tables[table]?.Gradient is not { } gradient)
                continue;
            RowIds rows = (table & 1) == 0 ? batch.Users : batch.Items;
            int first = gradient.Rows.Count;
            adjoints.Set(table, _device.ViewOf(gradient.Reserve(count, rows.Bound).Values));
            Pending.Add(gradient, first, rows.Values, first == 0 ? rows.Sorted : default, rows.Sorted.Length);
        }

        _device.Train(
            new KernelConfig(groups, _layout.Threads), Tile, Tables(), Samples(batch), adjoints, _device.ViewOf(_sums.Slice()),
            _layout.SumLength, _device.ViewOf(_losses.Slice()), count, weight);
        (Pending.Sums, Pending.SumCount, Pending.SumStride) = (_sums.Slice(), groups, _layout.SumLength);
        (Pending.Losses, Pending.Loss) = (_losses.Slice(0, groups), loss);
        _device.Leave(Pending);
    }

    public void Visit(InnerRule rule, float weight, ReadOnlySpan<MarketVisit> visits)
    {
        RequireGradient();
        foreach (ref readonly MarketVisit visit in visits)
        {
            _network.Check(visit.Support);
            _network.Check(visit.Query);
            Shapes.Require(visit.Support.Labels, visit.Support.Users.Count);
            Shapes.Require(visit.Query.Labels, visit.Query.Users.Count);
            Shapes.Require(visit.Loss, 1);
        }

        for (; visits.Length > VisitPlaces.Most; visits = visits[VisitPlaces.Most..])
            VisitSome(rule, weight, visits[..VisitPlaces.Most]);
        if (!visits.IsEmpty)
            VisitSome(rule, weight, visits);
    }

    public void Score(in SampleBatch pairs, Slice<float> logits)
    {
        _network.Check(pairs);
        int count = pairs.Users.Count;
        Shapes.Require(logits, count);
        _device.FinishGradients();
        if (count > 0)
        {
            _device.Score(
                new KernelConfig(Math.Min(MostGroups, Groups(count)), _layout.Threads), Tile, Tables(), Samples(pairs),
                _device.ViewOf(logits), count);
        }
    }

    private void VisitSome(InnerRule rule, float weight, ReadOnlySpan<MarketVisit> visits)
    {
        _device.FinishGradients();
        int sets = rule.AddsSupport ? 2 : 1, positions = 0, mostSupport = 1;
        VisitPlaces places = default;
        _visitSamples.Begin(visits);
        for (int i = 0; i < visits.Length; i++)
        {
            VisitPlace place = _visitSamples.PlaceOf(visits[i], i);
            place.First = positions;
            places.Set(i, place);
            positions = checked(positions + place.QueryCount + (rule.AddsSupport ? place.SupportCount : 0));
            mostSupport = Math.Max(mostSupport, place.SupportCount);
        }

        int block = _visitSamples.BlockLength, rowLength = 2 * (_layout.Tile.Tower + _layout.Tile.Product), adapts = 0;
        int adjointStride = checked(mostSupport * rowLength);
        Reserve(ref _sums, (long)visits.Length * _layout.SumLength);
        Reserve(ref _supportSums, (long)visits.Length * _layout.SumLength);
        Reserve(ref _supportAdjoints, (long)visits.Length * adjointStride);
        Reserve(ref _losses, visits.Length);
        Reserve(ref _userKeys, (long)visits.Length * sets * block);
        Reserve(ref _itemKeys, (long)visits.Length * sets * block);
        Pending.ClearTables();
        TileAdjoints adjoints = new() { Values = Absent() };
        for (int table = 0; table < _tables.Length; table++)
        {
            adapts |= _tables[table] is { Adapts: true, Gradient: not null } ? 1 << table : 0;
            if (_tables[table]?.Gradient is { } gradient)
                adjoints.Set(table, _device.ViewOf(Reserve(gradient, visits, rule, (table & 1) == 0, positions, sets * block).Values));
        }

        bool inPlace = AreInOrder(visits);
        Slice<float> losses = inPlace
            ? new(visits[0].Loss.Storage!, visits[0].Loss.Offset, visits.Length) : _losses.Slice(0, visits.Length);
        VisitKeys keys = new()
        {
            Users = _device.ViewOf(_visitSamples.UserKeys),
            Items = _device.ViewOf(_visitSamples.ItemKeys),
            GradientUsers = _device.ViewOf(_userKeys.Slice()),
            GradientItems = _device.ViewOf(_itemKeys.Slice()),
            BlockLength = block,
        };
        VisitSums sums = new()
        {
            Adjoints = _device.ViewOf(_supportAdjoints.Slice()),
            Support = _device.ViewOf(_supportSums.Slice()),
            Total = _device.ViewOf(_sums.Slice()),
            Losses = _device.ViewOf(losses),
            AdjointStride = adjointStride,
            Stride = _layout.SumLength,
        };
        VisitRule step = new()
        {
            LearningRate = (float)rule.LearningRate,
            Weight = weight,
            AddsSupport = rule.AddsSupport ? 1 : 0,
            Adapts = adapts,
        };
        TileSamples samples = new()
        {
            Users = _device.ViewOf(_visitSamples.Users),
            Items = _device.ViewOf(_visitSamples.Items),
            Labels = _device.ViewOf(_visitSamples.Labels),
        };
        _device.Visit(
            new KernelConfig(visits.Length, _layout.Threads), Tile, Tables(), samples, adjoints, places, keys, sums, step);
        (Pending.Sums, Pending.SumCount, Pending.SumStride) = (_sums.Slice(), visits.Length, _layout.SumLength);
        (Pending.Losses, Pending.Loss) = (losses, default);
        _device.Leave(Pending);
        if (inPlace)
            return;
        for (int i = 0; i < visits.Length; i++)
            _device.Copy(losses.Part(i, 1), visits[i].Loss);
    }

    // Positions for the samples of all visits. The keys are those of all positions, so there must be no earlier ones.
    private Matrix Reserve(
        RowGradient gradient, ReadOnlySpan<MarketVisit> visits, InnerRule rule, bool isUser, int positions, int keysPerVisit)
    {
        int first = gradient.Rows.Count, place = first, bound = 0;
        foreach (ref readonly MarketVisit visit in visits)
            bound = Math.Max(bound, Math.Max(Rows(visit.Support).Bound, Rows(visit.Query).Bound));
        Matrix adjoints = gradient.Reserve(positions, bound);
        GpuStorage<long> keys = isUser ? _userKeys : _itemKeys;
        Slice<long> sorted = first == 0 ? keys.Slice(0, visits.Length * keysPerVisit) : default;
        foreach (ref readonly MarketVisit visit in visits)
        {
            if (rule.AddsSupport)
                Add(Rows(visit.Support));
            Add(Rows(visit.Query));
        }

        return adjoints;

        RowIds Rows(in SampleBatch batch) => isUser ? batch.Users : batch.Items;

        void Add(RowIds rows)
        {
            Pending.Add(gradient, place, rows.Values, sorted, _visitSamples.BlockLength);
            place += rows.Count;
        }
    }

    private static bool AreInOrder(ReadOnlySpan<MarketVisit> visits)
    {
        for (int i = 0; i < visits.Length; i++)
        {
            if (visits[i].Loss.Storage != visits[0].Loss.Storage || visits[i].Loss.Offset != visits[0].Loss.Offset + i)
                return false;
        }

        return true;
    }

    private TileTables Absent()
    {
        ArrayView<float> absent = _device.ViewOrAbsent(default(Slice<float>));
        return new TileTables { TowerUser = absent, TowerItem = absent, ProductUser = absent, ProductItem = absent };
    }

    private TileTables Tables()
    {
        TileTables tables = Absent();
        for (int table = 0; table < _tables.Length; table++)
        {
            if (_tables[table] is { } known)
                tables.Set(table, _device.ViewOf(known.Value.Values));
        }

        return tables;
    }

    private TileSamples Samples(in SampleBatch batch) => new()
    {
        Users = _device.ViewOf(batch.Users.Values),
        Items = _device.ViewOf(batch.Items.Values),
        Labels = _device.ViewOrAbsent(batch.Labels),
    };

    private int Groups(int samples) => (samples + _layout.Tile.Samples - 1) / _layout.Tile.Samples;

    private void Reserve<T>(ref GpuStorage<T> storage, long length)
        where T : unmanaged
    {
        if (storage.Length >= length)
            return;
        storage.Free();
        storage = new GpuStorage<T>(_device, checked((int)length));
    }

    private void RequireGradient()
    {
        if (!_wantsGradient)
            throw new ArgumentException("nothing to differentiate: every parameter is frozen");
    }
}
