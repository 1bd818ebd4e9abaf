// Groups positions by row. A position's group is the rank of its row among the distinct rows, found with a bitmap that has one bit per row.
// The rank is the number of set bits in the words before the row's word (a running sum) plus those below its own bit. The bitmap of a large
// table would take longer to scan than the positions, so ranks are then found in levels of six bits, high bits first. The first level ranks
// row >> s, for the smallest s = 0, 6, 12, ... whose bitmap has only a few words per position. Each rank owns one word of the next level's
// bitmap. No loop has an unpredictable branch.

using System.Numerics;
using System.Numerics.Tensors;

namespace ForecEngine.Kernels;

/// <summary>A grouping that can run on any thread, in memory of <see cref="RowGroups"/>.</summary>
internal unsafe struct RowRanking
{
    private const int WordBits = 6; // the low bits of a row give its bit in a word
    private const int WordsPerPosition = 4; // scanning these costs as much as another level

    /// <summary>The row of each position, none negative.</summary>
    public int* Named;
    public int Length;

    /// <summary>Scratch, <see cref="WordsFor"/> the length: the bitmap, and the number of set bits before each word.</summary>
    public ulong* Words;
    public int* Before;

    /// <summary>Overwritten: the distinct rows, the groups and the number of rows (<see cref="RowGroups"/>).</summary>
    public int* Rows;
    public int* Groups;
    public int* Count;

    /// <summary>The largest number of words in a minibatch's bitmap.</summary>
    public static int WordsFor(int length) => checked(WordsPerPosition * length);

    /// <summary>Ranks the rows.</summary>
    public readonly void Run()
    {
        *Count = 0;
        if (Length == 0)
            return;
        ReadOnlySpan<int> named = new(Named, Length);
        int largest = TensorPrimitives.Max(named), mostWords = WordsFor(Length), shift = 0;
        while (largest >> (shift + WordBits) >= mostWords)
            shift += WordBits;
        int words = (largest >> (shift + WordBits)) + 1;
        TensorPrimitives.ShiftRightArithmetic(named, shift + WordBits, new Span<int>(Groups, Length));
        for (; shift >= 0; shift -= WordBits)
        {
            Mark(Named, Groups, Length, shift, Words, words);
            words = CountBefore(Words, Before, words);
            Rank(Named, Groups, Length, shift, Words, Before, Rows);
        }

        *Count = words;
    }

    // Each loop is a method of its own, so that the compiler keeps its variables in registers. At each level, groups[i] is the word of
    // position i in the bitmap, less than `words`: row >> (shift + 6) at the first level, then the rank of the level before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Mark(int* named, int* groups, int length, int shift, ulong* bitmap, int words)
    {
        new Span<ulong>(bitmap, words).Clear();
        for (nuint i = 0; i < (uint)length; i++)
            bitmap[(uint)groups[i]] |= 1UL << (named[i] >> shift); // << uses the low six bits of its count
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CountBefore(ulong* bitmap, int* before, int words)
    {
        int count = 0;
        for (nuint word = 0; word < (uint)words; word++)
        {
            before[word] = count;
            count += BitOperations.PopCount(bitmap[word]);
        }

        return count;
    }

    // Positions of one group write the same row. Ranks are less than the number of positions.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rank(int* named, int* groups, int length, int shift, ulong* bitmap, int* before, int* rows)
    {
        for (nuint i = 0; i < (uint)length; i++)
        {
            uint word = (uint)groups[i];
            int row = named[i], rank = before[word] + BitOperations.PopCount(bitmap[word] & ~(ulong.MaxValue << (row >> shift)));
            groups[i] = rank;
            rows[(uint)rank] = row;
        }
    }
}
