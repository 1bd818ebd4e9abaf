// A visit to a market in a round of meta-learning (first-order MAML, Finn et al., ICML 2017, section 5.2):
//   theta' = theta - rate dL_support(theta),   gradient += weight dL_query(theta').
// The adapted parameters are copies: of whole dense layers, and of the table rows that the support samples look up. So no visit changes
// what another one reads, and the visits of a round run in parallel, each on one thread.

namespace ForecEngine.Kernels.Fused;

/// <summary>Visits one market at a time; reuses its memory from visit to visit.</summary>
internal sealed unsafe class MarketVisitor
{
    private readonly NetworkProgram _program;
    private readonly NetworkLayout _layout;
    private readonly NetworkLayout _inner;
    private readonly int _bits;
    private readonly HostStorage<Stage> _stages;
    private readonly HostStorage<Real> _layers;
    private readonly AdaptedTable?[] _tables;
    private readonly AdaptedRows _users = new(), _items = new(), _markets = new();
    private HostStorage<Real> _innerSums = new(0), _sums = new(0), _losses = new(0);
    private NetworkJob _supportJob, _addedJob, _queryJob;
    private MarketVisit _visit;
    private InnerRule _rule;

    /// <summary>A visitor of a network.</summary>
    /// <param name="program">The program.</param>
    /// <param name="layout">The network, with all gradients.</param>
    /// <param name="inner">The network, with only the gradients that the inner step uses.</param>
    /// <param name="bits">The widest vectors.</param>
    public MarketVisitor(NetworkProgram program, NetworkLayout layout, NetworkLayout inner, int bits)
    {
        (_program, _layout, _inner, _bits) = (program, layout, inner, bits);
        _stages = new HostStorage<Stage>(layout.Job.StageCount);
        new Span<Stage>(layout.Stages, _stages.Length).CopyTo(_stages.Span);
        _layers = new HostStorage<Real>(checked((int)inner.SumsLength * 2)); // the adapted layers, then their gradient
        Network network = layout.Network;
        _tables =
        [
            Adapted(network.Tower?.User, _users), Adapted(network.Tower?.Item, _items), Adapted(network.Tower?.Market, _markets),
            Adapted(network.Product?.User, _users), Adapted(network.Product?.Item, _items), Adapted(network.Product?.Market, _markets),
        ];
    }

    /// <summary>The sums of gradients of each block.</summary>
    public Real* Sums => _sums.Slice().Pointer;

    /// <summary>The number of blocks in <see cref="Sums"/>.</summary>
    public int Blocks { get; private set; }

    /// <summary>The losses of the query samples.</summary>
    public Slice<Real> Losses => _losses.Slice(0, _visit.Query.Users.Count);

    /// <summary>Prepares a visit: allocates its sums and its positions in the tables' gradients.</summary>
    public void Prepare(InnerRule rule, Real weight, in MarketVisit visit)
    {
        (_rule, _visit) = (rule, visit);
        int support = visit.Support.Users.Count, query = visit.Query.Users.Count;
        int added = rule.AddsSupport ? NetworkLayout.Blocks(support) : 0;
        Blocks = added + NetworkLayout.Blocks(query);
        HostStorage<Real>.Reserve(ref _innerSums, _inner.SumsLength * NetworkLayout.Blocks(support));
        HostStorage<Real>.Reserve(ref _sums, _layout.SumsLength * Blocks);
        HostStorage<Real>.Reserve(ref _losses, Math.Max(support, query));

        _supportJob = _program.Job(_inner, visit.Support);
        NetworkProgram.Learn(ref _supportJob, visit.Support, 1, _innerSums.Slice(), _losses.Slice());
        if (rule.AddsSupport)
        {
            _addedJob = _program.Job(_layout, visit.Support);
            NetworkProgram.Learn(ref _addedJob, visit.Support, weight, _sums.Slice(), _losses.Slice());
        }

        _queryJob = _program.Job(_layout, visit.Query);
        NetworkProgram.Learn(ref _queryJob, visit.Query, weight, _sums.Slice(), _losses.Slice());
        _queryJob.Sums += added * _layout.SumsLength;
        _queryJob.Stages = _stages.Slice().Pointer;
        _users.Reserve(visit.Support.Users, visit.Query.Users);
        _items.Reserve(visit.Support.Items, visit.Query.Items);
        _markets.Reserve(visit.Support.Markets, visit.Query.Markets);
        foreach (AdaptedTable? table in _tables)
            table?.Prepare(rule.AddsSupport);
    }

    /// <summary>Sets where the jobs write adjoints, once the tables' gradients have the positions of all visits.</summary>
    public void PlaceAdjoints()
    {
        Place(ref _supportJob.Tower, ref _addedJob.Tower, ref _queryJob.Tower, 0);
        Place(ref _supportJob.Product, ref _addedJob.Product, ref _queryJob.Product, 3);

        void Place(ref PairPointers support, ref PairPointers added, ref PairPointers query, int first)
        {
            _tables[first]?.Place(ref support.User, ref added.User, ref query.User);
            _tables[first + 1]?.Place(ref support.Item, ref added.Item, ref query.Item);
            _tables[first + 2]?.Place(ref support.Market, ref added.Market, ref query.Market);
        }
    }

    /// <summary>Runs the visit.</summary>
    /// <param name="worker">The thread's number in its team.</param>
    public void Run(int worker)
    {
        Run(_supportJob, worker);
        if (_rule.AddsSupport)
            Run(_addedJob, worker);
        Sgd rule = new(_rule.LearningRate, decay: 0);
        AdaptLayers(rule);
        _users.Rank();
        _items.Rank();
        _markets.Rank();
        foreach (AdaptedTable? table in _tables)
            table?.Adapt(rule, _bits);
        Run(_queryJob, worker);
    }

    private static void Run(in NetworkJob job, int worker)
    {
        for (int block = 0; block < NetworkLayout.Blocks(job.Samples); block++)
            job.Run(block, worker);
    }

    // Copies the layers that adapt and updates the copies by the sum of the blocks' gradients. A layer's copy has the offset of its sums in
    // a block; its gradient has the same offset in the second half.
    private void AdaptLayers(Sgd rule)
    {
        int blocks = NetworkLayout.Blocks(_supportJob.Samples);
        Real* copies = _layers.Slice().Pointer, gradients = copies + _inner.SumsLength;
        new Span<Real>(gradients, (int)_inner.SumsLength).Clear();
        Sweep.Over(new AddBlocks(gradients, _supportJob.Sums, _inner.SumsLength, blocks), 0, (int)_inner.SumsLength, _bits);
        for (int i = 0; i < _stages.Length; i++)
        {
            ref readonly Stage from = ref _inner.Stages[i];
            ref Stage to = ref _stages.Span[i];
            if (from.WeightSum >= 0)
                to.Weight = Moved(from.Weight, from.WeightSum, from.Inputs * from.Outputs);
            if (from.BiasSum >= 0)
                to.Bias = Moved(from.Bias, from.BiasSum, from.Outputs);
        }

        Real* Moved(Real* values, nint place, int length)
        {
            new ReadOnlySpan<Real>(values, length).CopyTo(new Span<Real>(copies + place, length));
            Sweep.Over(new Update<Sgd>(rule, copies + place, null, null, gradients + place), 0, length, _bits);
            return copies + place;
        }
    }

    private AdaptedTable? Adapted(NetworkTable? table, AdaptedRows rows) =>
        table is null ? null : new AdaptedTable(table, rows, adapts: _inner.Wants(table));
}
