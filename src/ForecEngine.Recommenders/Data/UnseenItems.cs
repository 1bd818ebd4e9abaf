// Draws of items that a user has no row for: without replacement, uniform, and exact even for a user who has seen
// nearly everything. The unseen items are numbered in ascending order, numbers are drawn (Floyd's method), and each is
// turned into its item by the user's few seen ones. Nothing is rejected and nothing is listed.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Data;

/// <summary>Draws from the items that a user has no row for.</summary>
internal static class UnseenItems
{
    private const int DrawsAtOnce = 64;
    private const int FewSeen = 96; // of about a hundred, a binary search is as quick

    /// <summary>How many <see cref="Draw"/> gives of <paramref name="wanted"/>: fewer where the user has seen nearly everything.</summary>
    /// <param name="seen">The user's items, distinct.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="wanted">How many are asked for.</param>
    public static int Count(ReadOnlySpan<int> seen, int items, int wanted) => Math.Min(wanted, items - seen.Length);

    /// <summary>Overwrites <paramref name="drawn"/> with different unseen items for each of some rows, or with all there are, if those are fewer.</summary>
    /// <param name="seen">The user's items, ascending and distinct.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="draws">The random draws: those of a row are the ones from 2^32 times the row on.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rows">How many rows there are, at least one.</param>
    /// <param name="drawn">Room for as many items as are wanted for all rows. Row after row, each has as many as were drawn for it.</param>
    /// <returns>How many were drawn for each row; see <see cref="Count"/>.</returns>
    public static int Draw(ReadOnlySpan<int> seen, int items, RandomSequence draws, int firstRow, int rows, Span<int> drawn)
    {
        int unseen = items - seen.Length, count = Count(seen, items, drawn.Length / rows);
        drawn = drawn[..(rows * count)];
        Span<ulong> bits = stackalloc ulong[DrawsAtOnce];
        for (int start = 0; start < drawn.Length; start += DrawsAtOnce)
        {
            bits = bits[..Math.Min(DrawsAtOnce, drawn.Length - start)];
            (int row, int place) = Math.DivRem(start, count);
            int firstPlace = place, rowStart = start - place;
            foreach (ref ulong index in bits)
            {
                index = ((ulong)(uint)(firstRow + row) << 32) + (uint)place;
                if (++place == count)
                    (row, place) = (row + 1, 0);
            }

            draws.Bits(bits);
            place = firstPlace;
            foreach (ulong draw in bits)
            {
                // Floyd: a number up to `last`, or `last` itself where that number is taken.
                int last = unseen - count + place, number = RandomSequence.Scaled(draw, last + 1);
                drawn[rowStart + place] = Contains(drawn.Slice(rowStart, place), number) ? last : number;
                if (++place == count)
                    (rowStart, place) = (rowStart + count, 0);
            }
        }

        ToItems(seen, drawn);
        return count;
    }

    // Of a few, the library's own costs more than it finds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Contains(ReadOnlySpan<int> numbers, int number)
    {
        if (numbers.Length >= Vector<int>.Count)
            return numbers.Contains(number);
        foreach (int other in numbers)
        {
            if (other == number)
                return true;
        }

        return false;
    }

    // Turns numbers of unseen items into the items.
    private static void ToItems(ReadOnlySpan<int> seen, Span<int> numbers)
    {
        if (seen.Length > FewSeen || numbers.Length < Vector<int>.Count)
        {
            foreach (ref int number in numbers)
                number = Item(seen, number);
            return;
        }

        // The last ones may be among those before as well: they are read before those are overwritten.
        Span<int> lastOnes = numbers[^Vector<int>.Count..];
        Vector<int> last = new(lastOnes);
        foreach (ref Vector<int> together in MemoryMarshal.Cast<int, Vector<int>>(numbers))
            together = Items(seen, together);
        Items(seen, last).CopyTo(lastOnes);
    }

    // In ascending order, each seen item that is not past a number pushes it on by one. Many numbers are pushed at once, so of
    // few seen items every one is looked at.
    private static Vector<int> Items(ReadOnlySpan<int> seen, Vector<int> numbers)
    {
        foreach (int item in seen)
            numbers -= Vector.GreaterThanOrEqual(numbers, new Vector<int>(item));
        return numbers;
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
