// How rows are grouped: a radix sort of (row, position) by the row's digits, least significant first. It is stable, so equal rows
// keep their positions ascending. Digits are as narrow as the passes allow, for each pass walks all their counts.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels;

/// <summary>A sort that is ready to run on any thread, in memory of <see cref="RowGroups"/> that holds <see cref="Length"/> elements of each kind, and a start more.</summary>
internal unsafe struct RowSort
{
    private const int MostDigitBits = 11;

    /// <summary>How many counts <see cref="Digits"/> has room for.</summary>
    public const int MostDigits = 1 << MostDigitBits;

    public ulong* Keys;
    public ulong* Spare;
    public int* Digits;
    public int Length;
    public int Largest;

    /// <summary>Overwritten with what <see cref="RowGroups"/> tells.</summary>
    public int* Rows;
    public int* Starts;
    public int* Positions;
    public int* Groups;
    public int* Count;

    /// <summary>A row above its position.</summary>
    public static ulong Key(int row, int position) => ((ulong)(uint)row << 32) | (uint)position;

    /// <summary>Sorts the keys and tells the groups.</summary>
    public readonly void Run()
    {
        ulong* keys = Keys, spare = Spare;
        int bits = 32 - BitOperations.LeadingZeroCount((uint)Largest);
        int passes = (bits + MostDigitBits - 1) / MostDigitBits;
        int digitBits = passes == 0 ? 0 : (bits + passes - 1) / passes;
        for (int pass = 0; pass < passes; pass++)
        {
            SortByDigit(keys, spare, Length, 32 + (pass * digitBits), Digits, 1 << digitBits);
            ulong* sorted = spare;
            spare = keys;
            keys = sorted;
        }

        *Count = Collect(keys, Length, Rows, Starts, Positions, Groups);
    }

    // The loops stand in methods of their own, for the compiler to keep their variables in registers. Every digit is below
    // `digits`, a power of two, and every place below `length`, for the places are sums of counts of keys.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SortByDigit(ulong* from, ulong* to, int length, int shift, int* counts, int digits)
    {
        uint mask = (uint)digits - 1;
        new Span<int>(counts, digits).Clear();
        for (int i = 0; i < length; i++)
            counts[(uint)(from[i] >> shift) & mask]++;
        int place = 0;
        for (int digit = 0; digit < digits; digit++)
        {
            int count = counts[digit];
            counts[digit] = place;
            place += count;
        }

        for (int i = 0; i < length; i++)
            to[counts[(uint)(from[i] >> shift) & mask]++] = from[i];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Collect(ulong* keys, int length, int* rows, int* starts, int* positions, int* groups)
    {
        int count = 0, last = -1;
        for (int i = 0; i < length; i++)
        {
            // Written whether or not a group begins here, and kept if one does: no branch that is taken at random.
            int row = (int)(keys[i] >> 32);
            positions[i] = (int)keys[i];
            rows[count] = row;
            starts[count] = i;
            count += row != last ? 1 : 0;
            groups[i] = count - 1;
            last = row;
        }

        starts[count] = length;
        return count;
    }
}
