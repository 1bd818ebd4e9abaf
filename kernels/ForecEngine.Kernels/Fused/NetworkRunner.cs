// The fused step on the host: checks the shapes, lays out the threads' scratch and the blocks' sums, runs the job, and joins
// what the blocks have summed. All memory is kept from step to step, and outlives the run: the caller's arguments and the runner hold it.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>Runs networks on a team of threads.</summary>
internal sealed unsafe class NetworkRunner(SimdDevice device, Workers workers, int bits) : INetworkKernel
{
    private const int Alignment = 16; // a cache line of floats

    private readonly HostStorage<int> _blockRows = Ascending(DenseLayer.BlockRows);
    private Stage[] _stages = [];
    private readonly HostStorage<int> _packedFor = new(workers.Count * Workers.Apart);
    private HostStorage<Real> _scratch = new(0);
    private HostStorage<Real> _sums = new(0);
    private HostStorage<Real> _losses = new(0);
    private HostStorage<int> _lists = new(0);
    private int _minibatch;
    private readonly HostStorage<Real> _mean = new(1);

    /// <inheritdoc/>
    public Real Differentiate(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> labels, Real weight)
    {
        device.Mean(Losses(network, users, items, markets, labels, weight), _mean.Slice());
        return _mean.Span[0];
    }

    /// <inheritdoc/>
    public void Score(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> logits)
    {
        Check(network, users, items, markets, logits);
        NetworkJob job = default;
        LayOutStages(network, ref job, out _);
        job.Logits = logits.Pointer;
        Run(network, ref job, users, items, markets);
        GC.KeepAlive(logits.Storage);
    }

    // Adds the gradients; gives the loss of each sample.
    private Slice<Real> Losses(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> labels, Real weight)
    {
        int samples = users.Length;
        Check(network, users, items, markets, labels);
        NetworkJob job = default;
        if (!LayOutStages(network, ref job, out nint sums))
            throw new ArgumentException("nothing to differentiate: every parameter is frozen", nameof(network));
        HostStorage<Real>.Reserve(ref _sums, sums * Blocks(samples));
        HostStorage<Real>.Reserve(ref _losses, samples);
        job.Labels = labels.Pointer;
        job.Losses = _losses.Slice().Pointer;
        job.Share = 0 + ((0 + weight) / samples); // the tape adds to adjoints of 0, which turns -0 to 0
        job.Sums = _sums.Slice().Pointer;
        job.SumsStride = sums;
        Run(network, ref job, users, items, markets);
        GC.KeepAlive(labels.Storage);
        Join(network, job.Sums, sums, Blocks(samples));
        return _losses.Slice(0, samples);
    }

    private void Run(Network network, ref NetworkJob job, Slice<int> users, Slice<int> items, Slice<int> markets)
    {
        LayOutScratch(network, ref job, out nint scratch);
        HostStorage<Real>.Reserve(ref _scratch, scratch * workers.Count);
        HostStorage<int>.Reserve(ref _lists, job.ListsStride * workers.Count);
        fixed (Stage* stages = _stages)
        {
            job.Stages = stages;
            job.Tower = Pointers(network.Tower, users, items, markets);
            job.Product = Pointers(network.Product, users, items, markets);
            job.SeenRows = _blockRows.Slice().Pointer;
            job.Samples = users.Length;
            job.Scratch = _scratch.Slice().Pointer;
            job.ScratchStride = scratch;
            job.Minibatch = ++_minibatch;
            job.PackedFor = _packedFor.Slice().Pointer;
            job.Lists = _lists.Slice().Pointer;
            job.Bits = bits;
            workers.Run(job, Blocks(users.Length));
        }

        // What the pointers point into.
        GC.KeepAlive(network);
        GC.KeepAlive(users.Storage);
        GC.KeepAlive(items.Storage);
        GC.KeepAlive(markets.Storage);
    }

    private static int Blocks(int samples) => (samples + DenseLayer.BlockRows - 1) / DenseLayer.BlockRows;

    // The stages, with the places of their gradients' sums; tells whether any gradient or adjoint is wanted.
    private bool LayOutStages(Network network, ref NetworkJob job, out nint sums)
    {
        Span<NetworkLayer> layers = network.Layers;
        if (_stages.Length != layers.Length)
            _stages = new Stage[layers.Length];
        bool wantsBelow = network.Tower.WantsAdjoint;
        sums = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            if (i == network.TowerLayers)
            {
                job.WantsTower = wantsBelow;
                wantsBelow |= network.Product.WantsAdjoint;
            }

            ref readonly NetworkLayer layer = ref layers[i];
            _stages[i] = new Stage
            {
                Weight = layer.Weight.Values.Pointer,
                Bias = layer.Bias.Pointer,
                Inputs = layer.Weight.Columns,
                Outputs = layer.Weight.Rows,
                WeightSum = layer.WeightGradient.Values.IsEmpty ? -1 : Take(ref sums, layer.Weight.Values.Length),
                BiasSum = layer.BiasGradient.IsEmpty ? -1 : Take(ref sums, layer.Weight.Rows),
                WantsInput = wantsBelow,
                Rectified = i == 0 ? 0 : i == network.TowerLayers ? layers[i - 1].Weight.Rows : layer.Weight.Columns,
                FollowsRectifier = i > 0 && i != network.TowerLayers,
                IsOutput = i == layers.Length - 1,
            };
            wantsBelow |= layer.WantsGradient;
        }

        (job.StageCount, job.TowerStages) = (layers.Length, network.TowerLayers);
        return wantsBelow;
    }

    // The places of the packed weights and of a block's activations and adjoints in a thread's scratch, and of its lists.
    private void LayOutScratch(Network network, ref NetworkJob job, out nint scratch)
    {
        const int rows = DenseLayer.BlockRows;
        scratch = 0;
        int towerTop = network.TowerLayers > 0 ? _stages[network.TowerLayers - 1].Outputs : 2 * network.Tower.Dimension;
        job.JointTower = towerTop;
        job.JointColumns = towerTop + network.Product.Dimension;
        nint place = network.TowerLayers > 0 ? Take(ref scratch, rows * 2 * network.Tower.Dimension) : 0;
        int row = 2 * network.Tower.Dimension;
        for (int i = 0; i < _stages.Length; i++)
        {
            if (i == network.TowerLayers)
            {
                if (i == 0)
                    job.Joint = Take(ref scratch, rows * job.JointColumns);
                (place, row) = (job.Joint, job.JointColumns);
            }

            ref Stage stage = ref _stages[i];
            stage.Packed = Take(ref scratch, PackedWeight.Length(stage.Inputs, stage.Outputs));
            (stage.Input, stage.InputRow) = (place, row);
            row = i == network.TowerLayers - 1 ? job.JointColumns : stage.Outputs;
            place = Take(ref scratch, rows * row);
            (stage.Output, stage.OutputRow) = (place, row);
            if (i == network.TowerLayers - 1)
                job.Joint = place;
        }

        if (network.Product.IsMarketAware)
            job.Seen = Take(ref scratch, rows * network.Product.Dimension);
        job.AdjointLength = rows * Math.Max(Widest(), Alignment);
        job.Adjoints = Take(ref scratch, (int)(2 * job.AdjointLength));

        int largest = 0;
        nint lists = 0;
        foreach (ref Stage stage in _stages.AsSpan())
        {
            stage.Active = Take(ref lists, ActiveUnits.Length(stage.Inputs));
            largest = Math.Max(largest, stage.Inputs * stage.Outputs);
        }

        job.Magnitude = Take(ref scratch, 1);
        job.Picks = Take(ref scratch, Alignment);
        job.Totals = Take(ref scratch, Widest() + Alignment);
        job.Part = Take(ref scratch, largest + Alignment);
        job.ListsStride = lists + Alignment; // a line between the lists of two threads
    }

    private void Join(Network network, Real* sums, nint stride, int blocks)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            ref readonly NetworkLayer layer = ref network.Layers[i];
            ref readonly Stage stage = ref _stages[i];
            if (stage.WeightSum >= 0)
                Sweep.Over(new AddBlocks(layer.WeightGradient.Values.Pointer, sums + stage.WeightSum, stride, blocks), 0, layer.WeightGradient.Values.Length, bits);
            if (stage.BiasSum >= 0)
                Sweep.Over(new AddBlocks(layer.BiasGradient.Pointer, sums + stage.BiasSum, stride, blocks), 0, layer.BiasGradient.Length, bits);
        }
    }

    private static void Check(Network network, Slice<int> users, Slice<int> items, Slice<int> markets, Slice<Real> labelsOrLogits)
    {
        int samples = users.Length;
        Shapes.Require(items, samples);
        Shapes.Require(labelsOrLogits, samples);
        Check(network.Tower, users, items, markets);
        Check(network.Product, users, items, markets);
        int columns = 2 * network.Tower.Dimension;
        for (int i = 0; i < network.Layers.Length; i++)
        {
            if (i == network.TowerLayers)
                columns += network.Product.Dimension;
            (Matrix weight, Slice<Real> bias, Matrix weightGradient, Slice<Real> biasGradient) = network.Layers[i];
            Shapes.Require(weight, i == network.Layers.Length - 1 ? 1 : weight.Rows, columns);
            Shapes.Require(bias, weight.Rows);
            Shapes.Require(weightGradient, weight.Rows, weight.Columns, optional: true);
            Shapes.Require(biasGradient, weight.Rows, optional: true);
            columns = weight.Rows;
        }
    }

    private static void Check(in TablePair pair, Slice<int> users, Slice<int> items, Slice<int> markets)
    {
        (int samples, int columns) = (users.Length, pair.Dimension);
        if (columns == 0)
            return;
        Shapes.Require(pair.User.Value);
        Shapes.Require(pair.Item.Value, pair.Item.Value.Rows, columns);
        Shapes.Require(pair.User.Adjoint, samples, columns, optional: true);
        Shapes.Require(pair.Item.Adjoint, samples, columns, optional: true);
        Shapes.RequireRows(users.Span, pair.User.Value.Rows);
        Shapes.RequireRows(items.Span, pair.Item.Value.Rows);
        if (!pair.IsMarketAware)
            return;
        Shapes.Require(markets, samples);
        Shapes.Require(pair.Market.Value, pair.Market.Value.Rows, columns);
        Shapes.Require(pair.Market.Adjoint, samples, columns, optional: true);
        Shapes.RequireRows(markets.Span, pair.Market.Value.Rows);
    }

    private int Widest()
    {
        int widest = 1;
        foreach (ref readonly Stage stage in _stages.AsSpan())
            widest = Math.Max(widest, Math.Max(stage.Inputs, stage.Outputs));
        return widest;
    }

    private static nint Take(ref nint used, int length)
    {
        nint place = used;
        used = (used + length + Alignment - 1) & ~(nint)(Alignment - 1);
        return place;
    }

    private static HostStorage<int> Ascending(int count)
    {
        HostStorage<int> storage = new(count);
        for (int i = 0; i < count; i++)
            storage.Span[i] = i;
        return storage;
    }

    private static PairPointers Pointers(in TablePair pair, Slice<int> users, Slice<int> items, Slice<int> markets) => new()
    {
        User = Pointers(pair.User, users),
        Item = Pointers(pair.Item, items),
        Market = Pointers(pair.Market, markets),
        Dimension = pair.Dimension,
    };

    private static TablePointers Pointers(in NetworkTable table, Slice<int> rows) =>
        new() { Value = table.Value.Values.Pointer, Rows = rows.Pointer, Adjoint = table.Adjoint.Values.Pointer };
}
