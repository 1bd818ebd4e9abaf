// The kernels of the fused step: a minibatch or pairs to score, cut into tiles (NetworkTile). Groups take tiles in turn, so that a group's
// sums of gradients follow from the minibatch alone.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the fused step.</summary>
internal static class NetworkKernels
{
    /// <summary>Trains on a minibatch: the rows' adjoints, and for each group its sums of the weights' gradients and of the loss.</summary>
    /// <param name="network">The network.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="samples">The minibatch.</param>
    /// <param name="adjoints">Overwritten for each sample.</param>
    /// <param name="sums">Overwritten, <paramref name="stride"/> numbers per group.</param>
    /// <param name="stride">The distance of two groups' sums.</param>
    /// <param name="losses">Overwritten: each group's part of the mean loss.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="weight">A factor of the gradient.</param>
    public static void Train(
        TileNetwork network, TileTables tables, TileSamples samples, TileAdjoints adjoints, ArrayView<float> sums, int stride,
        ArrayView<float> losses, int count, float weight)
    {
        ArrayView<Float4> fours = SharedMemory.Allocate<Float4>(NetworkTile.SharedFours);
        int thread = Group.IdxX, group = Grid.IdxX;
        PlainRows rows = new(tables, network.Tower, network.Product, samples, adjoints, count);
        NetworkTile.Begin(network, NetworkTile.Floats(fours), thread);
        ArrayView<float> own = sums.SubView(group * stride, stride);
        float loss = 0;
        for (int first = group * network.Samples; first < count; first += Grid.DimX * network.Samples)
        {
            bool adds = first != group * network.Samples;
            loss += NetworkTile.Train(network, fours, rows, first, weight / count, own, adds, thread);
        }

        if (thread == 0)
            losses[group] = loss / count;
    }

    /// <summary>The logits of pairs.</summary>
    public static void Score(TileNetwork network, TileTables tables, TileSamples samples, ArrayView<float> logits, int count)
    {
        ArrayView<Float4> fours = SharedMemory.Allocate<Float4>(NetworkTile.SharedFours);
        int thread = Group.IdxX, group = Grid.IdxX;
        PlainRows rows = new(tables, network.Tower, network.Product, samples, default, count);
        NetworkTile.Begin(network, NetworkTile.Floats(fours), thread);
        for (int first = group * network.Samples; first < count; first += Grid.DimX * network.Samples)
        {
            float logit = NetworkTile.Forward(network, fours, rows, first, thread);
            if (thread < network.Samples && first + thread < count)
                logits[first + thread] = logit;
        }
    }

    /// <summary>Rows of the tables themselves.</summary>
    private readonly struct PlainRows(
        TileTables tables, int tower, int product, TileSamples samples, TileAdjoints adjoints, int count) : ITileRows
    {
        private readonly TileTables _tables = tables;
        private readonly TileSamples _samples = samples;
        private readonly TileAdjoints _adjoints = adjoints;
        private readonly int _tower = tower;
        private readonly int _product = product;
        private readonly int _count = count;

        public int Count => _count;

        public float Load(int table, int sample, int column) =>
            _tables.Of(table)[(_samples.Row(table, sample) * (table < 2 ? _tower : _product)) + column];

        public float Label(int sample) => _samples.Labels[sample];

        public void Store(int table, int sample, int column, float adjoint)
        {
            if (_adjoints.IsIn(table))
                _adjoints.Values.Of(table)[(sample * (table < 2 ? _tower : _product)) + column] = adjoint;
        }
    }
}
