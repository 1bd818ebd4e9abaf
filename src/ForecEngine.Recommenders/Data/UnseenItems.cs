// Draws of items that a user has no row for: without replacement, uniform, and exact even for a user who has seen
// nearly everything. The unseen items are numbered in ascending order, numbers are drawn (Floyd's method), and each is
// turned into its item by a binary search among the user's few seen ones. Nothing is rejected and nothing is listed.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Data;

/// <summary>Draws from the items that a user has no row for.</summary>
internal static class UnseenItems
{
    /// <summary>Overwrites <paramref name="drawn"/> with different unseen items, or with all there are, if those are fewer.</summary>
    /// <param name="seen">The user's items, ascending and distinct.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="draws">The random draws.</param>
    /// <param name="first">The first draw to use; as many follow as there are items to draw.</param>
    /// <param name="drawn">Where the items go.</param>
    /// <returns>How many were drawn.</returns>
    public static int Draw(ReadOnlySpan<int> seen, int items, RandomSequence draws, ulong first, Span<int> drawn)
    {
        int unseen = items - seen.Length;
        int count = Math.Min(drawn.Length, unseen);
        for (int i = 0; i < count; i++)
        {
            // Floyd: a number up to `last`, or `last` itself where that number is taken.
            int last = unseen - count + i;
            int number = draws.Below(first + (ulong)i, last + 1);
            drawn[i] = drawn[..i].Contains(number) ? last : number;
        }

        foreach (ref int number in drawn[..count])
            number = Item(seen, number);
        return count;
    }

    // The item with `number` unseen ones before it: it lies past every seen item s[j] that has at most `number` unseen
    // items before it, which are s[j] - j.
    private static int Item(ReadOnlySpan<int> seen, int number)
    {
        int low = 0, high = seen.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (seen[middle] - middle <= number)
                low = middle + 1;
            else
                high = middle;
        }

        return number + low;
    }
}
