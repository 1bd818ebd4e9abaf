// The items of a synthetic market m. Each item i of the world has a taste direction and a popularity that all markets share. A market
// perturbs both by draws of its own and keeps the items that are most popular then:
//
//     direction_m(i) = unit(shared(i) + TasteDrift x own_m(i)),      shared, own ~ N(0, I) in Dimension dimensions
//     rank_m(i)      = rank of popularity(i) + PopularityDrift x own_m(i) among all items, from 0
//     weight_m(i)    ~ 1 / (rank + catalogue / 200)                  Zipf's law with a flattened head, as in XMarket
//
// So what a model learns from a large market mostly, but not fully, holds in a small one. Weights are whole numbers and the other
// arithmetic is + - * / and square roots, so that every machine gives the same bytes.

namespace ForecEngine.Recommenders.Data;

internal sealed class SyntheticCatalogue
{
    /// <summary>The dimensions of taste.</summary>
    public const int Dimension = 3;

    private const double TasteDrift = 0.25;
    private const double PopularityDrift = 0.6;
    private const double HeadFraction = 200;

    // A table over a draw's first bits narrows the binary search to a few ranks.
    private const int GuideBits = 14;

    private readonly int[] _items;
    private readonly double[] _directions;
    private readonly ulong[] _cumulative;
    private readonly int[] _guide;

    /// <summary>The catalogue of a market.</summary>
    public SyntheticCatalogue(SyntheticMarket market, ulong seed)
    {
        RandomSequence shared = RandomSequence.Named(seed, "synthetic/items");
        RandomSequence own = RandomSequence.Named(seed, $"synthetic/items/{market.Name}");
        double[] unpopularity = new double[market.World];
        int[] byPopularity = new int[market.World];
        for (int item = 0; item < market.World; item++)
        {
            ulong draw = Draw(item, Dimension);
            unpopularity[item] = -(shared.Normal(draw) + (PopularityDrift * own.Normal(draw)));
            byPopularity[item] = item;
        }

        unpopularity.AsSpan().Sort(byPopularity.AsSpan());
        _items = byPopularity[..market.Catalogue];
        _directions = new double[_items.Length * Dimension];
        _cumulative = new ulong[_items.Length];
        ulong sum = 0;
        ulong head = (ulong)(1 + (_items.Length / HeadFraction));
        for (int rank = 0; rank < _items.Length; rank++)
        {
            Span<double> direction = _directions.AsSpan(rank * Dimension, Dimension);
            for (int i = 0; i < Dimension; i++)
            {
                ulong draw = Draw(_items[rank], i);
                direction[i] = shared.Normal(draw) + (TasteDrift * own.Normal(draw));
            }

            ToUnit(direction);
            sum += 1_000_000_000_000 / ((ulong)rank + head);
            _cumulative[rank] = sum;
        }

        _guide = new int[(1 << GuideBits) + 1];
        for (int i = 0; i < 1 << GuideBits; i++)
            _guide[i] = Search((ulong)i << (64 - GuideBits), 0, _items.Length - 1);
        _guide[^1] = _items.Length - 1;
    }

    /// <summary>The number of items; items are identified by their popularity rank here.</summary>
    public int Count => _items.Length;

    /// <summary>The item's number in the world, the same in all markets.</summary>
    public int Item(int rank) => _items[rank];

    /// <summary>Draws an item by popularity from 64 random bits.</summary>
    public int Pick(ulong bits)
    {
        int first = (int)(bits >> (64 - GuideBits));
        return Search(bits, _guide[first], _guide[first + 1]);
    }

    /// <summary>The cosine of an item's direction and a user's taste, in [-1, 1].</summary>
    public double Affinity(int rank, ReadOnlySpan<double> taste)
    {
        ReadOnlySpan<double> direction = _directions.AsSpan(rank * Dimension, Dimension);
        double sum = 0;
        for (int i = 0; i < Dimension; i++)
            sum += direction[i] * taste[i];
        return sum;
    }

    /// <summary>Scales a vector to length 1.</summary>
    public static void ToUnit(Span<double> vector)
    {
        double square = 0;
        foreach (double x in vector)
            square += x * x;
        double length = Math.Sqrt(square);
        foreach (ref double x in vector)
            x /= length;
    }

    // The first rank in [low, high] whose cumulative weight is above (bits / 2^64) times the total weight.
    private int Search(ulong bits, int low, int high)
    {
        ulong at = Math.BigMul(bits, _cumulative[^1], out _);
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_cumulative[middle] > at)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private static ulong Draw(int item, int i) => (ulong)(((long)item * (Dimension + 1)) + i);
}
