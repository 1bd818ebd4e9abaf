// Draws of items that a user has no row for: without replacement, uniform, and exact even for a user who has seen
// nearly everything. The unseen items are numbered in ascending order, numbers are drawn (Floyd's method), and each is
// turned into its item by a binary search among the user's few seen ones. Nothing is rejected and nothing is listed.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Data;

/// <summary>Draws from the items that a user has no row for.</summary>
internal static class UnseenItems
{
    private const int DrawsAtOnce = 64;

    /// <summary>How many <see cref="Draw"/> gives of <paramref name="wanted"/>: fewer where the user has seen nearly everything.</summary>
    /// <param name="seen">The user's items, distinct.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="wanted">How many are asked for.</param>
    public static int Count(ReadOnlySpan<int> seen, int items, int wanted) => Math.Min(wanted, items - seen.Length);

    /// <summary>Overwrites <paramref name="drawn"/> with different unseen items, or with all there are, if those are fewer.</summary>
    /// <param name="seen">The user's items, ascending and distinct.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="draws">The random draws.</param>
    /// <param name="first">The first draw to use; as many follow as there are items to draw.</param>
    /// <param name="drawn">Where the items go.</param>
    /// <returns>How many were drawn.</returns>
    public static int Draw(ReadOnlySpan<int> seen, int items, RandomSequence draws, ulong first, Span<int> drawn)
    {
        int unseen = items - seen.Length, count = Count(seen, items, drawn.Length);
        Span<ulong> bits = stackalloc ulong[DrawsAtOnce];
        for (int start = 0; start < count; start += DrawsAtOnce)
        {
            bits = bits[..Math.Min(DrawsAtOnce, count - start)];
            draws.Bits(first + (ulong)start, bits);
            for (int i = start; i < start + bits.Length; i++)
            {
                // Floyd: a number up to `last`, or `last` itself where that number is taken.
                int last = unseen - count + i;
                int number = RandomSequence.Scaled(bits[i - start], last + 1);
                drawn[i] = drawn[..i].Contains(number) ? last : number;
            }
        }

        foreach (ref int number in drawn[..count])
            number = Item(seen, number);
        return count;
    }

    // The item with `number` unseen ones before it: it lies past every seen item s[j] that has at most `number` unseen
    // items before it, which are s[j] - j. How a comparison ends is a coin's throw, so it is arithmetic and not a branch: a
    // mask of ones where the item lies further on.
    private static int Item(ReadOnlySpan<int> seen, int number)
    {
        int low = 0, length = seen.Length;
        while (length > 0)
        {
            int half = length / 2, middle = low + half;
            int further = ~((number - (seen[middle] - middle)) >> 31);
            low += (half + 1) & further;
            length = half - (((2 * half) + 1 - length) & further); // half, or what is left past the middle
        }

        return number + low;
    }
}
