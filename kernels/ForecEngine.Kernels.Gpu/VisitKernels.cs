// The kernel of a round of first-order meta-learning: a group visits a market. It takes the gradient of the support samples, steps the
// weights in shared memory, and takes the gradient of the query samples. The tables are not copied: a query sample reads its row minus the
// learning rate times the sum of the support samples' adjoints of the same row, which are found by the sorted positions.

namespace ForecEngine.Kernels.Gpu;

/// <summary>A visit: offsets in the columns of all markets' samples, in numbers.</summary>
internal struct VisitPlace
{
    public int Support, SupportCount, SupportUserKeys, SupportItemKeys;
    public int Query, QueryCount, QueryUserKeys, QueryItemKeys;

    /// <summary>The visit's first position in the tables' gradients.</summary>
    public int First;
}

/// <summary>The visits of a launch.</summary>
internal struct VisitPlaces
{
    /// <summary>The most visits of a launch.</summary>
    public const int Most = 8;

    public VisitPlace A, B, C, D, E, F, G, H;

    /// <summary>A visit.</summary>
    public readonly VisitPlace Of(int visit) =>
        visit < 4
            ? (visit < 2 ? (visit == 0 ? A : B) : visit == 2 ? C : D)
            : (visit < 6 ? (visit == 4 ? E : F) : visit == 6 ? G : H);

    /// <summary>Sets a visit.</summary>
    public void Set(int visit, in VisitPlace place)
    {
        switch (visit)
        {
            case 0: A = place; break;
            case 1: B = place; break;
            case 2: C = place; break;
            case 3: D = place; break;
            case 4: E = place; break;
            case 5: F = place; break;
            case 6: G = place; break;
            default: H = place; break;
        }
    }
}

/// <summary>The rule of the visits.</summary>
internal struct VisitRule
{
    public float LearningRate, Weight;
    public int AddsSupport;

    /// <summary>Bit t is set if the inner step updates table t.</summary>
    public int Adapts;
}

/// <summary>The sorted positions of the samples, and where those of the gradients go: a block per market and set of samples.</summary>
internal struct VisitKeys
{
    public ArrayView<long> Users, Items, GradientUsers, GradientItems;
    public int BlockLength;
}

/// <summary>Memory for the results of visits, besides the adjoints of the query samples.</summary>
internal struct VisitSums
{
    /// <summary>The support samples' adjoints, <see cref="AdjointStride"/> per visit.</summary>
    public ArrayView<float> Adjoints;

    /// <summary>The support samples' gradients and the visits' gradients, <see cref="Stride"/> per visit.</summary>
    public ArrayView<float> Support, Total;

    /// <summary>The mean loss of each visit's query samples.</summary>
    public ArrayView<float> Losses;
    public int AdjointStride, Stride;
}

/// <summary>The body of a round of meta-learning.</summary>
internal static class VisitKernels
{
    /// <summary>Visits markets, one per group.</summary>
    public static void Visit(
        TileNetwork network, TileTables tables, TileSamples samples, TileAdjoints adjoints, VisitPlaces places, VisitKeys keys,
        VisitSums sums, VisitRule rule)
    {
        ArrayView<Float4> fours = SharedMemory.Allocate<Float4>(NetworkTile.SharedFours);
        ArrayView<float> shared = NetworkTile.Floats(fours);
        int thread = Group.IdxX, visit = Grid.IdxX;
        VisitPlace place = places.Of(visit);
        ArrayView<float> supportSums = sums.Support.SubView(visit * sums.Stride, sums.Stride);
        ArrayView<float> total = sums.Total.SubView(visit * sums.Stride, sums.Stride);
        VisitRows support = new(network, tables, samples, adjoints, place, keys, sums, rule, visit, isQuery: 0);
        NetworkTile.Begin(network, shared, thread);
        for (int first = 0; first < place.SupportCount; first += network.Samples)
            NetworkTile.Train(network, fours, support, first, 1f / place.SupportCount, supportSums, first > 0, thread);
        Group.Barrier();
        Step(network, shared, supportSums, rule.LearningRate, thread);
        for (int i = thread; i < sums.Stride; i += Group.DimX)
            total[i] = rule.AddsSupport != 0 ? rule.Weight * supportSums[i] : 0f;
        CopyKeys(keys, place, rule, visit, thread);
        Group.Barrier();
        VisitRows query = new(network, tables, samples, adjoints, place, keys, sums, rule, visit, isQuery: 1);
        float loss = 0;
        for (int first = 0; first < place.QueryCount; first += network.Samples)
            loss += NetworkTile.Train(network, fours, query, first, rule.Weight / place.QueryCount, total, true, thread);
        if (thread == 0)
            sums.Losses[visit] = loss / place.QueryCount;
    }

    // weight = weight - rate gradient, in shared memory.
    private static void Step(TileNetwork network, ArrayView<float> shared, ArrayView<float> gradient, float rate, int thread)
    {
        for (int i = 0; i < network.LayerCount; i++)
        {
            TileLayer layer = network.Layers[i];
            int weights = layer.AdaptsWeight * layer.Inputs * layer.Outputs, biases = layer.AdaptsBias * layer.Outputs;
            for (int k = thread; k < weights; k += Group.DimX)
            {
                int output = k / layer.Inputs;
                int at = (4 * (layer.SharedWeight + (output * layer.SharedRow))) + k - (output * layer.Inputs);
                shared[at] = shared[at] - (rate * gradient[layer.WeightSum + k]);
            }

            for (int output = thread; output < biases; output += Group.DimX)
                shared[layer.SharedBias + output] = shared[layer.SharedBias + output] - (rate * gradient[layer.BiasSum + output]);
        }
    }

    private static void CopyKeys(VisitKeys keys, VisitPlace place, VisitRule rule, int visit, int thread)
    {
        int sets = 1 + rule.AddsSupport, query = ((visit * sets) + rule.AddsSupport) * keys.BlockLength;
        int before = place.First + (rule.AddsSupport * place.SupportCount);
        for (int i = thread; i < keys.BlockLength; i += Group.DimX)
        {
            keys.GradientUsers[query + i] = Key(keys.Users, place.QueryUserKeys, place.QueryCount, i, before);
            keys.GradientItems[query + i] = Key(keys.Items, place.QueryItemKeys, place.QueryCount, i, before);
        }

        int support = visit * sets * keys.BlockLength, supportLength = rule.AddsSupport * keys.BlockLength;
        for (int i = thread; i < supportLength; i += Group.DimX)
        {
            keys.GradientUsers[support + i] = Key(keys.Users, place.SupportUserKeys, place.SupportCount, i, place.First);
            keys.GradientItems[support + i] = Key(keys.Items, place.SupportItemKeys, place.SupportCount, i, place.First);
        }
    }

    // A key with its position among all positions of the gradient. The keys of a minibatch come before the largest number.
    private static long Key(ArrayView<long> keys, int start, int count, int i, int before) =>
        i < count ? keys[start + i] + before : long.MaxValue;

    /// <summary>The samples of a visit: the support samples, or the query samples with adapted rows.</summary>
    private readonly struct VisitRows(
        TileNetwork network, TileTables tables, TileSamples samples, TileAdjoints adjoints, VisitPlace place, VisitKeys keys,
        VisitSums sums, VisitRule rule, int visit, int isQuery) : ITileRows
    {
        private readonly TileTables _tables = tables;
        private readonly TileSamples _samples = samples;
        private readonly TileAdjoints _adjoints = adjoints;
        private readonly VisitPlace _place = place;
        private readonly VisitRule _rule = rule;
        private readonly ArrayView<long> _users = keys.Users;
        private readonly ArrayView<long> _items = keys.Items;
        private readonly ArrayView<float> _support = sums.Adjoints.SubView(visit * sums.AdjointStride, sums.AdjointStride);
        private readonly int _tower = network.Tower;
        private readonly int _product = network.Product;
        private readonly int _isQuery = isQuery;

        public int Count => _isQuery != 0 ? _place.QueryCount : _place.SupportCount;

        public float Load(int table, int sample, int column)
        {
            int row = _samples.Row(table, Start + sample);
            float value = _tables.Of(table)[(row * Width(table)) + column];
            if (_isQuery == 0 || (_rule.Adapts & (1 << table)) == 0)
                return value;
            ArrayView<long> keys = (table & 1) == 0 ? _users : _items;
            int start = (table & 1) == 0 ? _place.SupportUserKeys : _place.SupportItemKeys;
            int low = start, end = start + _place.SupportCount, high = end;
            while (low < high)
            {
                int middle = (low + high) >> 1;
                if ((int)(keys[middle] >> 32) < row)
                    low = middle + 1;
                else
                    high = middle;
            }

            float sum = 0;
            for (; low < end && (int)(keys[low] >> 32) == row; low++)
                sum += _support[((int)(keys[low] & int.MaxValue) * Stride) + Offset(table) + column];
            return value - (_rule.LearningRate * sum);
        }

        public float Label(int sample) => _samples.Labels[Start + sample];

        public void Store(int table, int sample, int column, float adjoint)
        {
            if (_isQuery == 0)
                _support[(sample * Stride) + Offset(table) + column] = adjoint;
            int before = _place.First + (_isQuery * _rule.AddsSupport * _place.SupportCount);
            if (_adjoints.IsIn(table) && _isQuery + _rule.AddsSupport > 0)
                _adjoints.Values.Of(table)[((before + sample) * Width(table)) + column] = _isQuery != 0 ? adjoint : _rule.Weight * adjoint;
        }

        private int Start => _isQuery != 0 ? _place.Query : _place.Support;

        private int Stride => (2 * _tower) + (2 * _product);

        private int Width(int table) => table < 2 ? _tower : _product;

        private int Offset(int table) => table < 2 ? table * _tower : (2 * _tower) + ((table - 2) * _product);
    }
}
