// How rows are grouped: a radix sort of (row, position) by the row's digits, least significant first. It is stable, so equal rows
// keep their positions ascending. Digits are as narrow as the passes allow, for each pass walks all their counts; those of all
// passes are counted in one.

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels;

/// <summary>A sort that is ready to run on any thread, in memory of <see cref="RowGroups"/> that holds <see cref="Length"/> elements of each kind, and a start more.</summary>
internal unsafe struct RowSort
{
    private const int MostDigitBits = 11;
    private const int MostPasses = 3; // of the 31 bits that a row has at the most

    /// <summary>How many counts <see cref="Digits"/> has room for.</summary>
    public const int MostDigits = MostPasses << MostDigitBits;

    /// <summary>The row that each position names: none negative.</summary>
    public int* Named;
    public int Length;

    public ulong* Keys;
    public ulong* Spare;
    public int* Digits;

    /// <summary>Overwritten with what <see cref="RowGroups"/> tells.</summary>
    public int* Rows;
    public int* Starts;
    public int* Positions;
    public int* Groups;
    public int* Count;

    /// <summary>Sorts and tells the groups.</summary>
    public readonly void Run()
    {
        int largest = Length == 0 ? 0 : TensorPrimitives.Max(new ReadOnlySpan<int>(Named, Length));
        int bits = Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)largest));
        int passes = (bits + MostDigitBits - 1) / MostDigitBits;
        int digitBits = (bits + passes - 1) / passes, digits = 1 << digitBits;
        CountDigits(Named, Length, digitBits, passes, Digits);
        ulong* keys = Keys, spare = Spare;
        PlaceByFirstDigit(Named, Length, keys, Digits, digits);
        for (int pass = 1; pass < passes; pass++)
        {
            PlaceByDigit(keys, spare, Length, 32 + (pass * digitBits), Digits + (pass * digits), digits);
            ulong* sorted = spare;
            spare = keys;
            keys = sorted;
        }

        *Count = Collect(keys, Length, Rows, Starts, Positions, Groups);
    }

    // The loops stand in methods of their own, for the compiler to keep their variables in registers. Every digit is below
    // `digits`, a power of two, and every place below `length`, for the places are sums of counts.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CountDigits(int* rows, int length, int digitBits, int passes, int* counts)
    {
        int digits = 1 << digitBits;
        new Span<int>(counts, passes * digits).Clear();
        uint mask = (uint)digits - 1;
        for (int i = 0; i < length; i++)
        {
            uint row = (uint)rows[i];
            counts[row & mask]++;
            for (int pass = 1; pass < passes; pass++)
                counts[(pass * digits) + ((row >> (pass * digitBits)) & mask)]++;
        }
    }

    // A key is a row above its position.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PlaceByFirstDigit(int* rows, int length, ulong* to, int* counts, int digits)
    {
        TurnToPlaces(counts, digits);
        uint mask = (uint)digits - 1;
        for (int i = 0; i < length; i++)
        {
            uint row = (uint)rows[i];
            to[counts[row & mask]++] = ((ulong)row << 32) | (uint)i;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PlaceByDigit(ulong* from, ulong* to, int length, int shift, int* counts, int digits)
    {
        TurnToPlaces(counts, digits);
        uint mask = (uint)digits - 1;
        for (int i = 0; i < length; i++)
            to[counts[(uint)(from[i] >> shift) & mask]++] = from[i];
    }

    private static void TurnToPlaces(int* counts, int digits)
    {
        int place = 0;
        for (int digit = 0; digit < digits; digit++)
        {
            int count = counts[digit];
            counts[digit] = place;
            place += count;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Collect(ulong* keys, int length, int* rows, int* starts, int* positions, int* groups)
    {
        int count = 0, last = -1;
        for (int i = 0; i < length; i++)
        {
            // Written whether or not a group begins here, and kept if one does: no branch that is taken at random.
            int row = (int)(keys[i] >> 32), position = (int)keys[i];
            positions[i] = position;
            rows[count] = row;
            starts[count] = i;
            count += row != last ? 1 : 0;
            groups[position] = count - 1;
            last = row;
        }

        starts[count] = length;
        return count;
    }
}
