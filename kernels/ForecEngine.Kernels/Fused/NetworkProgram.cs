// A network compiled for the host. A minibatch is one job of a team of threads, cut into blocks of samples (NetworkJob); the blocks' sums
// are added in index order. A round of meta-learning is one job, cut by markets (MarketVisitor). The program owns the memory of its runs.

using System.Runtime.InteropServices;

namespace ForecEngine.Kernels.Fused;

/// <summary>Runs a network on a team of threads.</summary>
internal sealed unsafe class NetworkProgram : INetworkProgram
{
    private readonly SimdDevice _device;
    private readonly Workers _workers;
    private readonly int _bits;
    private readonly NetworkLayout _layout;
    private readonly HostStorage<Real> _scratch;
    private readonly HostStorage<int> _packedFor;
    private readonly HostStorage<int> _blockRows = new(DenseLayer.BlockRows);
    private HostStorage<Real> _sums = new(0);
    private HostStorage<Real> _losses = new(0);
    private readonly bool _trainsTables;
    private MarketVisitor[] _visitors = [];
    private NetworkLayout? _inner;
    private int _runs;

    /// <summary>Compiles a network.</summary>
    /// <exception cref="ArgumentException">Its shapes do not fit each other.</exception>
    public NetworkProgram(Network network, SimdDevice device, Workers workers, int bits)
    {
        network.Check();
        (_device, _workers, _bits) = (device, workers, bits);
        _layout = new NetworkLayout(network, adaptsOnly: false, bits);
        _trainsTables = network.Tables.Any(table => table.Gradient is not null);
        _scratch = new HostStorage<Real>(checked((int)_layout.ScratchLength * workers.Count));
        _packedFor = new HostStorage<int>(workers.Count * Workers.Apart);
        for (int i = 0; i < _blockRows.Length; i++)
            _blockRows.Span[i] = i;
    }

    public void Differentiate(in SampleBatch batch, Real weight, Slice<Real> loss)
    {
        RequireGradient();
        _layout.Network.Check(batch);
        int samples = batch.Users.Count, blocks = NetworkLayout.Blocks(samples);
        HostStorage<Real>.Reserve(ref _sums, _layout.SumsLength * blocks);
        HostStorage<Real>.Reserve(ref _losses, samples);
        NetworkJob job = Job(_layout, batch);
        Learn(ref job, batch, weight, _sums.Slice(), _losses.Slice());
        AppendPositions(_layout.Network.Tower, ref job.Tower, batch);
        AppendPositions(_layout.Network.Product, ref job.Product, batch);
        RowRanking* rankings = stackalloc RowRanking[3];
        RowIds markets = job.Tower.IsMarketAware || job.Product.IsMarketAware ? batch.Markets : default;
        int groupings = _trainsTables ? _device.BeginGroups([batch.Users, batch.Items, markets], rankings) : 0;
        _workers.Run(new MinibatchJob(job, blocks, rankings, groupings), blocks + groupings);
        Join(job.Sums, blocks);
        _device.Mean(_losses.Slice(0, samples), loss);
        KeepAlive(batch);
    }

    public void Visit(InnerRule rule, Real weight, ReadOnlySpan<MarketVisit> visits)
    {
        RequireGradient();
        _inner ??= new NetworkLayout(_layout.Network, adaptsOnly: true, _bits);
        int missing = Math.Max(0, visits.Length - _visitors.Length);
        if (missing > 0)
            _visitors = [.. _visitors, .. Enumerable.Range(0, missing).Select(_ => new MarketVisitor(this, _layout, _inner, _bits))];
        for (int i = 0; i < visits.Length; i++)
        {
            _layout.Network.Check(visits[i].Support);
            _layout.Network.Check(visits[i].Query);
            _visitors[i].Prepare(rule, weight, visits[i]);
        }

        for (int i = 0; i < visits.Length; i++) // last, because adding positions may move those added before
            _visitors[i].PlaceAdjoints();
        GCHandle visitors = GCHandle.Alloc(_visitors);
        _workers.Run(new VisitJob(GCHandle.ToIntPtr(visitors)), visits.Length);
        visitors.Free();
        for (int i = 0; i < visits.Length; i++)
        {
            Join(_visitors[i].Sums, _visitors[i].Blocks);
            _device.Mean(_visitors[i].Losses, visits[i].Loss);
            KeepAlive(visits[i].Support);
            KeepAlive(visits[i].Query);
        }
    }

    public void Score(in SampleBatch pairs, Slice<Real> logits)
    {
        _layout.Network.Check(pairs);
        Shapes.Require(logits, pairs.Users.Count);
        NetworkJob job = Job(_layout, pairs);
        job.Logits = logits.Pointer;
        _workers.Run(job, NetworkLayout.Blocks(pairs.Users.Count));
        KeepAlive(pairs);
        GC.KeepAlive(logits.Storage);
    }

    /// <summary>A job over a layout's stages for some samples, in the team's memory. It packs the weights again.</summary>
    internal NetworkJob Job(NetworkLayout layout, in SampleBatch batch)
    {
        NetworkJob job = layout.Job;
        job.Samples = batch.Users.Count;
        job.SeenRows = _blockRows.Slice().Pointer;
        job.Scratch = _scratch.Slice().Pointer;
        job.PackedFor = _packedFor.Slice().Pointer;
        job.Minibatch = ++_runs;
        Bind(ref job.Tower, batch);
        Bind(ref job.Product, batch);
        return job;
    }

    /// <summary>Sets a job up for training.</summary>
    internal static void Learn(ref NetworkJob job, in SampleBatch batch, Real weight, Slice<Real> sums, Slice<Real> losses)
    {
        Shapes.Require(batch.Labels, batch.Users.Count);
        job.Labels = batch.Labels.Pointer;
        job.Losses = losses.Pointer;
        job.Share = 0 + ((0 + weight) / batch.Users.Count); // the tape adds to adjoints that start at 0, which turns -0 into 0
        job.Sums = sums.Pointer;
    }

    private static void Bind(ref PairPointers pair, in SampleBatch batch)
    {
        pair.User.Rows = batch.Users.Values.Pointer;
        pair.Item.Rows = batch.Items.Values.Pointer;
        pair.Market.Rows = pair.IsMarketAware ? batch.Markets.Values.Pointer : null;
    }

    private static void AppendPositions(NetworkPair? pair, ref PairPointers pointers, in SampleBatch batch)
    {
        if (pair is null)
            return;
        pointers.User.Adjoint = Append(pair.User.Gradient, batch.Users);
        pointers.Item.Adjoint = Append(pair.Item.Gradient, batch.Items);
        pointers.Market.Adjoint = Append(pair.Market?.Gradient, batch.Markets);

        static Real* Append(RowGradient? gradient, RowIds rows) => gradient is null ? null : gradient.Append(rows).Values.Pointer;
    }

    // Adds the sums of blocks to the gradients, in ascending order.
    private void Join(Real* sums, int blocks)
    {
        for (int i = 0; i < _layout.Network.Layers.Count; i++)
        {
            NetworkLayer layer = _layout.Network.Layers[i];
            ref readonly Stage stage = ref _layout.Stages[i];
            Join(layer.WeightGradient.Values, sums, stage.WeightSum, blocks);
            Join(layer.BiasGradient, sums, stage.BiasSum, blocks);
        }
    }

    private void Join(Slice<Real> gradient, Real* sums, nint place, int blocks)
    {
        if (place >= 0)
            Sweep.Over(new AddBlocks(gradient.Pointer, sums + place, _layout.SumsLength, blocks), 0, gradient.Length, _bits);
    }

    private void RequireGradient()
    {
        if (!_layout.WantsGradient)
            throw new ArgumentException("nothing to differentiate: every parameter is frozen");
    }

    private static void KeepAlive(in SampleBatch batch)
    {
        GC.KeepAlive(batch.Users.Values.Storage);
        GC.KeepAlive(batch.Items.Values.Storage);
        GC.KeepAlive(batch.Markets.Values.Storage);
        GC.KeepAlive(batch.Labels.Storage);
    }

    /// <summary>
    /// A minibatch as work for a team. A chunk is a block of samples, or a grouping of their rows, which the update needs next. One
    /// grouping comes first and one last, which balances the work of two threads.
    /// </summary>
    private readonly struct MinibatchJob(NetworkJob job, int blocks, RowRanking* rankings, int groupings) : IChunked
    {
        public void Run(int chunk, int worker)
        {
            int before = (groupings + 1) / 2, block = chunk - before;
            if (block >= 0 && block < blocks)
                job.Run(block, worker);
            else
                rankings[block < 0 ? chunk : chunk - blocks].Run();
        }
    }

    /// <summary>Visits as work for a team: a chunk is a market.</summary>
    private readonly struct VisitJob(nint visitors) : IChunked
    {
        public void Run(int chunk, int worker)
        {
            if (GCHandle.FromIntPtr(visitors).Target is MarketVisitor[] all)
                all[chunk].Run(worker);
        }
    }
}
