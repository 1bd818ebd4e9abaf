// The memory layout of a compiled network: its stages, a thread's scratch, and a block's sums of gradients. Computed once.

namespace ForecEngine.Kernels.Fused;

/// <summary>The layout of a network on the host.</summary>
internal sealed unsafe class NetworkLayout
{
    /// <summary>Offsets are multiples of this: the floats of a cache line.</summary>
    public const int Alignment = 16;

    private readonly HostStorage<Stage> _stages;

    /// <summary>Computes the layout of a network.</summary>
    /// <param name="network">The network, already checked.</param>
    /// <param name="adaptsOnly">Whether to compute only the gradients that the inner step of meta-learning uses.</param>
    /// <param name="bits">The widest vectors.</param>
    public NetworkLayout(Network network, bool adaptsOnly, int bits)
    {
        (Network, AdaptsOnly) = (network, adaptsOnly);
        _stages = new HostStorage<Stage>(network.Layers.Count);
        NetworkJob job = new() { Stages = Stages, StageCount = _stages.Length, TowerStages = network.TowerLayers.Count, Bits = bits };
        LayOutStages(ref job);
        LayOutScratch(ref job);
        job.Tower = Pointers(network.Tower);
        job.Product = Pointers(network.Product);
        Job = job;
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>Whether to compute only the gradients that the inner step uses.</summary>
    public bool AdaptsOnly { get; }

    /// <summary>The job over this layout, without samples and memory.</summary>
    public NetworkJob Job { get; }

    /// <summary>The stages.</summary>
    public Stage* Stages => _stages.Slice().Pointer;

    /// <summary>Whether any gradient is needed.</summary>
    public bool WantsGradient { get; private set; }

    /// <summary>The length of a block's sums of gradients.</summary>
    public nint SumsLength { get; private set; }

    /// <summary>The length of a thread's scratch.</summary>
    public nint ScratchLength { get; private set; }

    /// <summary>The number of blocks that the samples are cut into.</summary>
    public static int Blocks(int samples) => (samples + DenseLayer.BlockRows - 1) / DenseLayer.BlockRows;

    /// <summary>Whether the adjoints of a table's rows are needed.</summary>
    public bool Wants(NetworkTable? table) => table is { Gradient: not null } && (table.Adapts || !AdaptsOnly);

    private bool Wants(NetworkLayer layer) => layer.Adapts || !AdaptsOnly;

    private bool Wants(NetworkPair? pair) => pair is not null && (Wants(pair.User) || Wants(pair.Item) || Wants(pair.Market));

    private void LayOutStages(ref NetworkJob job)
    {
        IReadOnlyList<NetworkLayer> layers = Network.Layers;
        bool wantsBelow = Wants(Network.Tower);
        nint sums = 0;
        for (int i = 0; i < layers.Count; i++)
        {
            if (i == job.TowerStages)
            {
                job.WantsTower = wantsBelow;
                wantsBelow |= Wants(Network.Product);
            }

            NetworkLayer layer = layers[i];
            bool wantsWeight = Wants(layer) && !layer.WeightGradient.Values.IsEmpty;
            bool wantsBias = Wants(layer) && !layer.BiasGradient.IsEmpty;
            Stages[i] = new Stage
            {
                Weight = layer.Weight.Values.Pointer,
                Bias = layer.Bias.Pointer,
                Inputs = layer.Weight.Columns,
                Outputs = layer.Weight.Rows,
                WeightSum = wantsWeight ? Take(ref sums, layer.Weight.Values.Length) : -1,
                BiasSum = wantsBias ? Take(ref sums, layer.Weight.Rows) : -1,
                WantsInput = wantsBelow,
                FollowsRectifier = i > 0 && i != job.TowerStages,
                IsOutput = i == layers.Count - 1,
            };
            wantsBelow |= wantsWeight || wantsBias;
        }

        (WantsGradient, SumsLength, job.SumsStride) = (wantsBelow, sums, sums);
    }

    // The offsets of the packed weights and of a block's activations and adjoints in a thread's scratch.
    private void LayOutScratch(ref NetworkJob job)
    {
        const int rows = DenseLayer.BlockRows;
        nint scratch = 0;
        int towerInput = 2 * (Network.Tower?.Dimension ?? 0), product = Network.Product?.Dimension ?? 0;
        job.JointTower = job.TowerStages > 0 ? Stages[job.TowerStages - 1].Outputs : towerInput;
        job.JointColumns = job.JointTower + product;
        nint place = job.TowerStages > 0 ? Take(ref scratch, rows * towerInput) : 0;
        int row = towerInput;
        for (int i = 0; i < job.StageCount; i++)
        {
            if (i == job.TowerStages)
            {
                if (i == 0)
                    job.Joint = Take(ref scratch, rows * job.JointColumns);
                (place, row) = (job.Joint, job.JointColumns);
            }

            ref Stage stage = ref Stages[i];
            stage.Packed = Take(ref scratch, PackedWeight.Length(stage.Inputs, stage.Outputs));
            (stage.Input, stage.InputRow) = (place, row);
            row = i == job.TowerStages - 1 ? job.JointColumns : stage.Outputs;
            place = Take(ref scratch, rows * row);
            (stage.Output, stage.OutputRow) = (place, row);
            if (i == job.TowerStages - 1)
                job.Joint = place;
        }

        if (Network.Product?.Market is not null)
            job.Seen = Take(ref scratch, rows * product);
        int widest = Alignment;
        for (int i = 0; i < job.StageCount; i++)
            widest = Math.Max(widest, Math.Max(Stages[i].Inputs, Stages[i].Outputs));
        job.AdjointLength = rows * widest;
        job.Adjoints = Take(ref scratch, (int)(2 * job.AdjointLength));
        job.Totals = Take(ref scratch, widest);
        (ScratchLength, job.ScratchStride) = (scratch, scratch);
    }

    /// <summary>Reserves a length, rounded up to <see cref="Alignment"/>, and returns its offset.</summary>
    public static nint Take(ref nint used, int length)
    {
        nint place = used;
        used = (used + length + Alignment - 1) & ~(nint)(Alignment - 1);
        return place;
    }

    private static PairPointers Pointers(NetworkPair? pair) => pair is null ? default : new()
    {
        User = new() { Value = pair.User.Value.Values.Pointer },
        Item = new() { Value = pair.Item.Value.Values.Pointer },
        Market = pair.Market is { } market ? new() { Value = market.Value.Values.Pointer } : default,
        Dimension = pair.Dimension,
    };
}
