// A random order as a function from a place to an element, without an array or state, so that any part of an epoch can be computed alone,
// with the same result on every device. It is a Feistel network (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002)
// over pairs (l, r), l < a and r < b, where a and b are about the root of the count and a b is at least the count:
//   l = (l + F(r)) mod a,   r = (r + F(l)) mod b,   four times.
// Every round can be undone, so different places give different pairs. The rounds are repeated while the
// pair's number is not less than the count (cycle walking).

using System.Numerics;
using System.Runtime.InteropServices;

namespace ForecEngine.Kernels;

/// <summary>A permutation of 0, 1, ..., count - 1 that a key chooses.</summary>
public readonly struct KeyedOrder
{
    private const int Rounds = 4;
    private const int Batch = 256;
    private const uint Weyl = 0x9E3779B9u; // the round keys are a Weyl sequence, as in Philox

    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _a;
    private readonly uint _b;

    /// <summary>The order of <paramref name="count"/> elements that a draw chooses.</summary>
    public KeyedOrder(RandomSequence draws, ulong draw, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PhiloxBlock key = draws.Block(draw);
        (_key0, _key1, Count) = (key.Word0, key.Word1, count);
        _a = (uint)Math.Max(1, Math.Ceiling(Math.Sqrt(count)));
        _b = ((uint)Math.Max(1, count) + _a - 1) / _a;
    }

    private KeyedOrder(in KeyedOrder other, PhiloxBlock key) =>
        (_key0, _key1, _a, _b, Count) = (key.Word0, key.Word1, other._a, other._b, other.Count);

    /// <summary>The order of as many elements that another draw chooses. It compiles for a GPU.</summary>
    public KeyedOrder With(RandomSequence draws, ulong draw) => new(this, draws.Block(draw));

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>The element at a place. It compiles for a GPU.</summary>
    public int At(int place)
    {
        uint element = (uint)place;
        do
        {
            uint left = element / _b, right = element - (left * _b);
            for (uint round = 0; round < Rounds; round++)
            {
                left = Reduced(left + Scaled(Mixed(right + _key0 + (round * Weyl)), _a), _a);
                right = Reduced(right + Scaled(Mixed(left + _key1 + (round * Weyl)), _b), _b);
            }

            element = (left * _b) + right;
        }
        while (element >= (uint)Count);
        return (int)element;
    }

    /// <summary>Overwrites <paramref name="elements"/> with those at consecutive places, the same as <see cref="At(int)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void At(int first, Span<int> elements)
    {
        Span<Vector<uint>> leftLanes = stackalloc Vector<uint>[Batch / Vector<uint>.Count];
        Span<Vector<uint>> rightLanes = stackalloc Vector<uint>[leftLanes.Length];
        Span<uint> lefts = MemoryMarshal.Cast<Vector<uint>, uint>(leftLanes), rights = MemoryMarshal.Cast<Vector<uint>, uint>(rightLanes);
        for (int count; !elements.IsEmpty; first += count, elements = elements[count..])
        {
            count = Math.Min(Batch, elements.Length);
            uint left = (uint)first / _b, right = (uint)first % _b;
            for (int i = 0; i < count; i++)
            {
                (lefts[i], rights[i]) = (left, right);
                right++;
                if (right == _b)
                    (left, right) = (left + 1 == _a ? 0 : left + 1, 0);
            }

            // Each round runs over all pairs before the next round, so that the latencies of different pairs overlap.
            int lanes = (count + Vector<uint>.Count - 1) / Vector<uint>.Count;
            for (uint round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < lanes; i++)
                    (leftLanes[i], rightLanes[i]) = Next(leftLanes[i], rightLanes[i], round);
            }

            for (int i = 0; i < count; i++)
            {
                uint element = (lefts[i] * _b) + rights[i];
                elements[i] = element < (uint)Count ? (int)element : At(first + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector<uint> Left, Vector<uint> Right) Next(Vector<uint> left, Vector<uint> right, uint round)
    {
        Vector<uint> a = new(_a), b = new(_b);
        left = Reduced(left + Scaled(Mixed(right + new Vector<uint>(_key0 + (round * Weyl))), a), a);
        return (left, Reduced(right + Scaled(Mixed(left + new Vector<uint>(_key1 + (round * Weyl))), b), b));
    }

    // The finaliser of MurmurHash3.
    private static uint Mixed(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >> 13)) * 0xC2B2AE35u;
        return x ^ (x >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Mixed(Vector<uint> x)
    {
        x = (x ^ (x >>> 16)) * new Vector<uint>(0x85EBCA6Bu);
        x = (x ^ (x >>> 13)) * new Vector<uint>(0xC2B2AE35u);
        return x ^ (x >>> 16);
    }

    // A number below the bound, which is less than 2^16, from the upper half of a word.
    private static uint Scaled(uint word, uint bound) => ((word >> 16) * bound) >> 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Scaled(Vector<uint> word, Vector<uint> bound) => ((word >>> 16) * bound) >>> 16;

    private static uint Reduced(uint sum, uint bound) => sum < bound ? sum : sum - bound;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Reduced(Vector<uint> sum, Vector<uint> bound) =>
        Vector.ConditionalSelect(Vector.LessThan(sum, bound), sum, sum - bound);
}
