// Philox-4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy
// as 1, 2, 3" (SC 2011): ten rounds of multiply, swap and xor over four 32-bit words under a 64-bit key. It has no
// state: draw number n is a function of n, so any part of a run can be replayed alone, in any order, on any thread.

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
}
