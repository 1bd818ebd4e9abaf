// Where the fused step has a network's weights, activations and gradients. A network that does not fit is left to the tape.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The places of a network in a group's shared memory and in its sums of gradients.</summary>
internal sealed class GpuNetworkLayout
{
    private const int MostThreads = 256;
    private const int LeastThreads = 128;

    private readonly List<TileLayer> _layers = [];
    private int _fours;

    private GpuNetworkLayout(Network network) => Network = network;

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The layers, from the tower's first to the output layer.</summary>
    public IReadOnlyList<TileLayer> Layers => _layers;

    /// <summary>The network without its memory.</summary>
    public TileNetwork Tile { get; private set; }

    /// <summary>The number of threads of a group.</summary>
    public int Threads { get; private set; }

    /// <summary>The length of a group's sums of gradients.</summary>
    public int SumLength { get; private set; }

    /// <summary>
    /// The layout of a network; null if it is market-aware, if its weights are not among the small tensors, or if no tile of it fits in
    /// 48 KB of shared memory.
    /// </summary>
    public static GpuNetworkLayout? Of(Network network, GpuDevice device)
    {
        int offset = 0;
        bool isHere = network.Layers.All(layer => TryOffset(layer.Weight.Values, out offset) && TryOffset(layer.Bias, out offset));
        if (network.Tower?.Market is not null || network.Product?.Market is not null || !isHere || !device.HasRoomForTiles)
            return null;
        foreach (int samples in (int[])[32, 16, 8])
        {
            GpuNetworkLayout layout = new(network);
            if (layout.Fits(samples))
                return layout;
        }

        return null;
    }

    private static bool TryOffset(Slice<float> slice, out int offset)
    {
        offset = (slice.Storage as GpuStorage<float>)?.OffsetInSmall(slice.Offset) ?? -1;
        return offset >= 0;
    }

    private static int Fours(int numbers) => (numbers + 3) / 4;

    // An odd number of fours, so that a column of fours is in different banks.
    private static int Row(int numbers) => Fours(numbers) | 1;

    private int Take(int fours)
    {
        int place = _fours;
        _fours = checked(_fours + fours);
        return place;
    }

    private bool Fits(int samples)
    {
        int tower = Network.Tower?.Dimension ?? 0, product = Network.Product?.Dimension ?? 0, towerLayers = Network.TowerLayers.Count;
        int towerTop = towerLayers > 0 ? Network.TowerLayers[^1].Weight.Rows : 2 * tower;
        TileNetwork tile = new()
        {
            LayerCount = Network.Layers.Count,
            TowerLayers = towerLayers,
            Tower = tower,
            Product = product,
            ProductColumn = towerTop,
            Samples = samples,
            JointRow = Row(towerTop + product),
            FactorsRow = Row(2 * product),
        };
        tile.Joint = Take(samples * tile.JointRow);
        tile.Factors = Take(samples * tile.FactorsRow);
        (tile.Pair, tile.PairRow) = (tile.Joint, tile.JointRow);
        if (towerLayers > 0)
        {
            tile.PairRow = Row(2 * tower);
            tile.Pair = Take(samples * tile.PairRow);
        }

        int input = tile.Pair, inputRow = tile.PairRow, widest = 1, sums = 0;
        for (int i = 0; i < Network.Layers.Count; i++)
        {
            Matrix weight = Network.Layers[i].Weight;
            if (i == towerLayers)
                (input, inputRow) = (tile.Joint, tile.JointRow);
            bool isOutput = i == Network.Layers.Count - 1;
            TileLayer layer = Place(Network.Layers[i], ref sums);
            (layer.Input, layer.InputRow) = (input, inputRow);
            layer.Rectified = i == towerLayers ? (towerLayers > 0 ? towerTop : 0) : i == 0 ? 0 : weight.Columns;
            layer.OutputRow = i == towerLayers - 1 ? tile.JointRow : Row(weight.Rows);
            layer.Output = i == towerLayers - 1 ? tile.Joint : isOutput ? 0 : Take(samples * layer.OutputRow);
            (input, inputRow) = (layer.Output, layer.OutputRow);
            widest = Math.Max(widest, isOutput ? 1 : Math.Max(layer.InputFours, layer.OutputFours));
            _layers.Add(layer);
        }

        tile.Logits = 4 * Take(Fours(2 * samples));
        tile.Fours = _fours;
        (Tile, SumLength) = (tile, sums);
        Threads = Math.Max(LeastThreads, (widest * (samples / 4) + 31) / 32 * 32);
        return _fours <= NetworkTile.SharedFours && Threads <= MostThreads;
    }

    private TileLayer Place(NetworkLayer layer, ref int sums)
    {
        (int outputs, int inputs) = (layer.Weight.Rows, layer.Weight.Columns);
        TileLayer place = new()
        {
            Inputs = inputs,
            Outputs = outputs,
            Weight = OffsetOf(layer.Weight.Values),
            Bias = OffsetOf(layer.Bias),
            WeightSum = sums,
            BiasSum = sums + (inputs * outputs),
            SharedRow = Row(inputs),
            AdaptsWeight = layer.Adapts && !layer.WeightGradient.Values.IsEmpty ? 1 : 0,
            AdaptsBias = layer.Adapts && !layer.BiasGradient.IsEmpty ? 1 : 0,
        };
        sums = place.BiasSum + outputs;
        place.SharedWeight = Take(4 * Fours(outputs) * place.SharedRow);
        place.SharedBias = 4 * Take(Fours(outputs));
        return place;
    }

    private static int OffsetOf(Slice<float> slice) => TryOffset(slice, out int offset) ? offset : -1;
}
