// Draws items that a user has no row for, uniformly and without replacement. The unseen items are numbered in ascending order.
// Floyd's method draws distinct numbers, and each number is mapped to its item by the user's seen items. There is no rejection
// loop and no list of unseen items, so that it also works for a user who has seen nearly all items.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Data;

internal static class UnseenItems
{
    private const int DrawsAtOnce = 64;
    private const int FewSeen = 96; // with more seen items, a binary search is at least as fast

    /// <summary>The number of items that <see cref="Draw"/> gives: <paramref name="wanted"/>, or fewer if fewer are unseen.</summary>
    public static int Count(ReadOnlySpan<int> seen, int items, int wanted) => Math.Min(wanted, items - seen.Length);

    /// <summary>Draws distinct unseen items for each of several rows of a user.</summary>
    /// <param name="seen">The user's items, ascending and distinct.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="draws">The random draws; row r uses those from index r 2^32 on.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rows">The number of rows, at least one.</param>
    /// <param name="drawn">Receives the items, row after row; its length is the number wanted for all rows.</param>
    /// <returns>The number of items drawn for each row; see <see cref="Count"/>.</returns>
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
                // Floyd: a uniform number up to `last`, or `last` itself if that number has been drawn before.
                int last = unseen - count + place, number = RandomSequence.Scaled(draw, last + 1);
                drawn[rowStart + place] = Contains(drawn.Slice(rowStart, place), number) ? last : number;
                if (++place == count)
                    (rowStart, place) = (rowStart + count, 0);
            }
        }

        ToItems(seen, drawn);
        return count;
    }

    // For a few numbers, the call of the library's Contains costs more than this loop.
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

    // Maps the numbers of unseen items to the items.
    private static void ToItems(ReadOnlySpan<int> seen, Span<int> numbers)
    {
        if (seen.Length > FewSeen || numbers.Length < Vector<int>.Count)
        {
            foreach (ref int number in numbers)
                number = Item(seen, number);
            return;
        }

        // The last vector may overlap the one before it, so it is loaded before the loop overwrites its numbers.
        Span<int> lastOnes = numbers[^Vector<int>.Count..];
        Vector<int> last = new(lastOnes);
        foreach (ref Vector<int> together in MemoryMarshal.Cast<int, Vector<int>>(numbers))
            together = Items(seen, together);
        Items(seen, last).CopyTo(lastOnes);
    }

    // Goes through the seen items in ascending order and increments each number that is not below the seen item. A lane is a number.
    // There is no early exit, because the lanes would end at different items.
    private static Vector<int> Items(ReadOnlySpan<int> seen, Vector<int> numbers)
    {
        foreach (int item in seen)
            numbers -= Vector.GreaterThanOrEqual(numbers, new Vector<int>(item));
        return numbers;
    }

    // The item with `number` unseen items before it, by binary search. Before the seen item s[j] are s[j] - j unseen items, and the
    // result lies after every s[j] with s[j] - j <= number. A branch would be mispredicted half the time, so `further` is a mask
    // of ones if the result lies after the middle.
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
