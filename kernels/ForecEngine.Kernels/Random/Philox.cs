// Philox-4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy
// as 1, 2, 3" (SC 2011): ten rounds of multiply, swap and xor over four 32-bit words under a 64-bit key. It has no state: draw n is a
// function of n, so any part of a run can be repeated alone, in any order, on any thread.

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels;

/// <summary>The four 32-bit words that Philox computes for one counter.</summary>
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
    private const int AtOnce = 16;

    /// <summary>Computes the block of a counter with a key.</summary>
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

    /// <summary>The first two words of many counters' blocks, as one number each; several times faster than block by block.</summary>
    /// <param name="upper">The upper half of all counters: word 3 above word 2.</param>
    /// <param name="key">The key.</param>
    /// <param name="numbers">The lower halves of the counters, each overwritten by its number: word 1 above word 0.</param>
    public static void Numbers(ulong upper, ulong key, Span<ulong> numbers)
    {
        Span<ulong> few = stackalloc ulong[AtOnce];
        for (; Avx2.IsSupported && numbers.Length > 1; numbers = numbers[Math.Min(AtOnce, numbers.Length)..])
        {
            if (numbers.Length >= AtOnce)
            {
                NumbersAtOnce(numbers, upper, key);
                continue;
            }

            // The last few are drawn as a full group, which costs little more than one number.
            numbers.CopyTo(few);
            NumbersAtOnce(few, upper, key);
            few[..numbers.Length].CopyTo(numbers);
        }

        foreach (ref ulong number in numbers)
        {
            PhiloxBlock block = Block(new PhiloxBlock((uint)number, (uint)(number >> 32), (uint)upper, (uint)(upper >> 32)), key);
            number = ((ulong)block.Word1 << 32) | block.Word0;
        }
    }

    // A round waits for the products of the round before. Four vectors at once overlap these waits.
    private static void NumbersAtOnce(Span<ulong> numbers, ulong upper, ulong key)
    {
        Vector256<ulong> upperHalf = Vector256.Create(upper), key0 = Vector256.Create(key), key1 = key0 >>> 32;
        FourBlocks a = new(numbers, upperHalf), b = new(numbers[4..], upperHalf);
        FourBlocks c = new(numbers[8..], upperHalf), d = new(numbers[12..], upperHalf);
        for (int round = 0; round < Rounds; round++)
        {
            (a, b, c, d) = (a.Round(key0, key1), b.Round(key0, key1), c.Round(key0, key1), d.Round(key0, key1));
            key0 += Vector256.Create((ulong)Weyl0);
            key1 += Vector256.Create((ulong)Weyl1);
        }

        a.Numbers.CopyTo(numbers);
        b.Numbers.CopyTo(numbers[4..]);
        c.Numbers.CopyTo(numbers[8..]);
        d.Numbers.CopyTo(numbers[12..]);
    }

    // Four blocks side by side, a word in the lower half of each 64-bit element. The upper halves, of the keys too, hold garbage that is
    // never read: the products use the lower halves, and Numbers masks the upper ones.
    private readonly struct FourBlocks(Vector256<ulong> word0, Vector256<ulong> word1, Vector256<ulong> word2, Vector256<ulong> word3)
    {
        public FourBlocks(ReadOnlySpan<ulong> lower, Vector256<ulong> upper)
            : this(Vector256.Create(lower), Vector256.Create(lower) >>> 32, upper, upper >>> 32)
        {
        }

        public Vector256<ulong> Numbers => (word1 << 32) | (word0 & Vector256.Create((ulong)uint.MaxValue));

        public FourBlocks Round(Vector256<ulong> key0, Vector256<ulong> key1)
        {
            Vector256<ulong> product0 = Avx2.Multiply(Vector256.Create((ulong)Multiplier0).AsUInt32(), word0.AsUInt32());
            Vector256<ulong> product1 = Avx2.Multiply(Vector256.Create((ulong)Multiplier1).AsUInt32(), word2.AsUInt32());
            return new FourBlocks((product1 >>> 32) ^ word1 ^ key0, product1, (product0 >>> 32) ^ word3 ^ key1, product0);
        }
    }
}
