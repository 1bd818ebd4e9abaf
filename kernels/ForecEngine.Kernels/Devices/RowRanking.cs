// How rows are grouped: a position's group is the rank of its row among the distinct rows that are named, counted in a bitmap. A bit
// stands for a row; the rank of a row is how many bits are set in the words before its own, of which a running sum is kept, and how
// many below its own bit. A bitmap of a large table would take longer to walk than the positions, so there the ranks are refined from
// the high bits of the rows down: first those of row >> 6, row >> 12, ..., of which there is a bitmap no longer than a few words a
// position. Each rank then owns one word of the next bitmap, for the six bits below. No loop has a branch that is taken at random.

using System.Numerics;
using System.Numerics.Tensors;

namespace ForecEngine.Kernels;

/// <summary>A grouping that is ready to run on any thread, in memory of <see cref="RowGroups"/>.</summary>
internal unsafe struct RowRanking
{
    private const int WordBits = 6; // of a row: which bit of a word it is
    private const int WordsPerPosition = 4; // as long as these take, so long takes another bitmap

    /// <summary>The row that each position names: none negative.</summary>
    public int* Named;
    public int Length;

    /// <summary>Room for the bitmap, <see cref="WordsFor"/> the length, and for how many bits are set before each of its words.</summary>
    public ulong* Words;
    public int* Before;

    /// <summary>Overwritten with what <see cref="RowGroups"/> tells.</summary>
    public int* Rows;
    public int* Groups;
    public int* Count;

    /// <summary>How many words the bitmap of a minibatch has at the most.</summary>
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

    // The loops stand in methods of their own, for the compiler to keep their variables in registers. A position's group is its
    // word, below `words`: at first row >> (shift + 6), of which the largest is words - 1, then a rank, of which there are `words`.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Mark(int* named, int* groups, int length, int shift, ulong* bitmap, int words)
    {
        new Span<ulong>(bitmap, words).Clear();
        for (nuint i = 0; i < (uint)length; i++)
            bitmap[(uint)groups[i]] |= 1UL << (named[i] >> shift); // of the count, << takes the low six bits
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

    // Every position writes its group's row, those of one group the same: ranks are below the number of positions.
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
