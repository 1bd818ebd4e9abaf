// A training sample in eight bytes: an epoch of a large market has tens of millions, and they are moved about more than they are
// looked into.

using System.Numerics;
using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Training;

/// <summary>A user and an item, as rows of the tables, and whether the user has a row for the item.</summary>
internal readonly struct Sample(int user, int item, bool isPositive)
{
    private readonly ulong _bits = ((ulong)(uint)(isPositive ? ~item : item) << 32) | (uint)user; // a positive's item as its complement

    /// <summary>Overwrites as many users, items and <paramref name="positives"/>, 1 or 0, as there are samples.</summary>
    public static void Unpack(ReadOnlySpan<Sample> samples, Span<int> users, Span<int> items, Span<int> positives)
    {
        ReadOnlySpan<ulong> bits = MemoryMarshal.Cast<Sample, ulong>(samples);
        int start = 0;
        for (; start <= bits.Length - Vector<int>.Count; start += Vector<int>.Count)
        {
            Vector<ulong> first = new(bits[start..]), second = new(bits[(start + Vector<ulong>.Count)..]);
            Vector<int> upper = Vector.Narrow(first >>> 32, second >>> 32).As<uint, int>();
            Vector.Narrow(first, second).As<uint, int>().CopyTo(users[start..]);
            (upper ^ (upper >> 31)).CopyTo(items[start..]);
            (upper >>> 31).CopyTo(positives[start..]);
        }

        for (; start < bits.Length; start++)
        {
            int upper = (int)(bits[start] >> 32);
            (users[start], items[start], positives[start]) = ((int)bits[start], upper ^ (upper >> 31), upper >>> 31);
        }
    }
}
