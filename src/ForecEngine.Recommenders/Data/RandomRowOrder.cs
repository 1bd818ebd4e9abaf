// A random order of a user's rows, for a split that ignores time. It depends on the seed, the market's name and the user's id and rows, but
// not on the order of the file: the rows are first sorted by (item id, time, rating), then by a random number each. The number of row r of
// a user is the draw at index h + r, where h is the 64-bit FNV-1a hash of the user's id.

namespace ForecEngine.Recommenders.Data;

internal sealed class RandomRowOrder(Ratings ratings, ulong seed)
{
    private readonly RandomSequence _draws = RandomSequence.Named(seed, $"split/{ratings.Market}");

    /// <summary>The rows of a user in random order.</summary>
    /// <param name="user">The user's index in the ratings.</param>
    /// <param name="rows">The user's rows in any order.</param>
    public int[] Of(int user, ReadOnlySpan<int> rows)
    {
        int[] order = rows.ToArray();
        Array.Sort(order, Compare);
        ulong first = Hash(ratings.Users.Utf8(user));
        ulong[] numbers = [.. order.Select((_, place) => _draws.Bits(unchecked(first + (ulong)place)))];
        Array.Sort(numbers, order);
        return order;
    }

    // Rows that agree in all three are interchangeable; their index only makes the order total.
    private int Compare(int one, int other)
    {
        int items = ratings.Items.Utf8(ratings.ItemOf[one]).SequenceCompareTo(ratings.Items.Utf8(ratings.ItemOf[other]));
        if (items != 0)
            return items;
        if (ratings.Time is { } time && time[one].CompareTo(time[other]) is not 0 and int times)
            return times;
        return ratings.Rating[one].CompareTo(ratings.Rating[other]) is not 0 and int rated ? rated : one.CompareTo(other);
    }

    private static ulong Hash(ReadOnlySpan<byte> id)
    {
        ulong hash = 14695981039346656037ul;
        foreach (byte letter in id)
            hash = unchecked((hash ^ letter) * 1099511628211ul);
        return hash;
    }
}
