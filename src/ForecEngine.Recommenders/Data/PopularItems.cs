// Draws items that a user has no row for in proportion to w = (n + 1)^0.75, with n the number of the item's training rows (the power is
// that of Mikolov et al., NIPS 2013). With n alone, items that only validation and test have would never be drawn, which would tell a model
// which items these are. Weights are whole numbers, so that a draw is exact: a number below the sum of the weights that are left falls into
// the interval of an item. Roots are correctly rounded on every machine.

namespace ForecEngine.Recommenders.Data;

internal sealed class PopularItems
{
    private const double Unit = 1 << 16; // the weight of an item without rows

    private readonly ulong[] _ends; // of the items' intervals

    /// <summary>The items of a market that can be negatives.</summary>
    public PopularItems(Market market)
    {
        int[] rows = new int[market.PoolSize];
        foreach (int item in market.TrainItems)
            rows[item]++;
        _ends = new ulong[rows.Length];
        ulong end = 0;
        for (int item = 0; item < rows.Length; item++)
        {
            double root = Math.Sqrt(rows[item] + 1.0);
            _ends[item] = end += (ulong)(Unit * root * Math.Sqrt(root));
        }
    }

    /// <summary>Draws distinct unseen items for each of several rows of a user.</summary>
    /// <inheritdoc cref="UnseenItems.Draw"/>
    public int Draw(ReadOnlySpan<int> seen, RandomSequence draws, int firstRow, int rows, Span<int> drawn)
    {
        int count = UnseenItems.Count(seen, _ends.Length, drawn.Length / rows);
        int[] excluded = new int[seen.Length + count]; // ascending: the seen items, and those drawn for the row before
        ulong free = _ends.Length == 0 ? 0 : _ends[^1];
        foreach (int item in seen)
            free -= Weight(item);
        for (int row = 0; row < rows; row++)
        {
            seen.CopyTo(excluded);
            ulong left = free;
            for (int k = 0; k < count; k++)
            {
                Span<int> taken = excluded.AsSpan(0, seen.Length + k + 1);
                ulong number = Math.BigMul(draws.Bits(((ulong)(uint)(firstRow + row) << 32) + (uint)k), left, out _);
                int item = drawn[(row * count) + k] = Item(number, taken[..^1]);
                left -= Weight(item);
                int place = ~taken[..^1].BinarySearch(item); // the item is not there, so that the search gives its place inverted
                taken[place..^1].CopyTo(taken[(place + 1)..]);
                taken[place] = item;
            }
        }

        return count;
    }

    // The item whose interval has a number, where the intervals of excluded items are left out.
    private int Item(ulong number, ReadOnlySpan<int> excluded)
    {
        foreach (int item in excluded)
        {
            ulong weight = Weight(item);
            if (number < _ends[item] - weight)
                break;
            number += weight;
        }

        int place = Array.BinarySearch(_ends, number);
        return place < 0 ? ~place : place + 1;
    }

    private ulong Weight(int item) => item == 0 ? _ends[0] : _ends[item] - _ends[item - 1];
}
