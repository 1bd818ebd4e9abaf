// Philox-4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy
// as 1, 2, 3" (SC 2011): ten rounds of multiply, swap and xor over four 32-bit words under a 64-bit key. It has no
// state: draw number n is a function of n, so any part of a run can be replayed alone, in any order, on any thread.

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels;

/// <summary>The four 32-bit words that Philox gives for one counter.</summary>
/// <param name="Word0">The first word.</param>
/// <param name="Word1">The second word.</param>
/// <param name="Word2">The third word.</param>
/// <param name="Word3">The fourth word.</param>
public readonly record struct PhiloxBlock(uint Word0, uint Word1, uint Word2, uint Word3);

/// <summary>Philox-4x32-10 (Salmon et al., SC 2011).</summary>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53u;
    private const uint Multiplier1 = 0xCD9E8D57u;
    private const uint Weyl0 = 0x9E3779B9u;
    private const uint Weyl1 = 0xBB67AE85u;
    private const int Rounds = 10;

    /// <summary>The block of a counter under a key.</summary>
    /// <param name="counter">The 128-bit counter, least significant word first.</param>
    /// <param name="key">The 64-bit key; its low half is the first key word.</param>
    public static PhiloxBlock Block(PhiloxBlock counter, ulong key)
    {
        (uint c0, uint c1, uint c2, uint c3) = counter;
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            // Plain 64-bit products: Math.BigMul does not compile for a GPU.
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return new PhiloxBlock(c0, c1, c2, c3);
    }

    /// <summary>The first two words, as one number, of each of consecutive counters' blocks: what many draws in a row are made of.</summary>
    /// <param name="counter">The first counter; the others have the same upper half.</param>
    /// <param name="key">The key.</param>
    /// <param name="numbers">Overwritten: word 1 above word 0, counter by counter.</param>
    public static void Numbers(PhiloxBlock counter, ulong key, Span<ulong> numbers)
    {
        ulong first = ((ulong)counter.Word1 << 32) | counter.Word0;
        int i = 0;
        for (; Avx2.IsSupported && i <= numbers.Length - Vector256<ulong>.Count; i += Vector256<ulong>.Count)
            FourNumbers(Vector256.Create(first + (ulong)i) + Vector256.Create(0ul, 1, 2, 3), counter, key).CopyTo(numbers[i..]);
        for (; i < numbers.Length; i++)
        {
            ulong index = first + (ulong)i;
            PhiloxBlock block = Block(counter with { Word0 = (uint)index, Word1 = (uint)(index >> 32) }, key);
            numbers[i] = ((ulong)block.Word1 << 32) | block.Word0;
        }
    }

    // Four blocks side by side, a word in the lower half of each 64-bit lane. What gathers in the upper halves is never
    // read: the products take the lower ones alone, and the last line drops it.
    private static Vector256<ulong> FourNumbers(Vector256<ulong> index, PhiloxBlock counter, ulong key)
    {
        Vector256<ulong> c0 = index, c1 = index >>> 32, c2 = Vector256.Create((ulong)counter.Word2), c3 = Vector256.Create((ulong)counter.Word3);
        Vector256<uint> multiplier0 = Vector256.Create((ulong)Multiplier0).AsUInt32(), multiplier1 = Vector256.Create((ulong)Multiplier1).AsUInt32();
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> product0 = Avx2.Multiply(multiplier0, c0.AsUInt32()), product1 = Avx2.Multiply(multiplier1, c2.AsUInt32());
            c0 = (product1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0);
            c1 = product1;
            c2 = (product0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1);
            c3 = product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c1 << 32) | (c0 & Vector256.Create((ulong)uint.MaxValue));
    }
}
