// One named sequence of random draws. The counter is (index, epoch, stream) and the key is the seed, so a draw depends only on its purpose
// and index, not on the order of the draws or on threads.

namespace ForecEngine.Kernels;

/// <summary>The random draws of (seed, stream, epoch): a function from an index to a draw.</summary>
/// <param name="Seed">The experiment's seed, Philox's key.</param>
/// <param name="Stream">The purpose of the draws; see <see cref="Named"/>.</param>
/// <param name="Epoch">The epoch, or 0 for draws that are made once.</param>
public readonly record struct RandomSequence(ulong Seed, uint Stream, uint Epoch = 0)
{
    private const int DrawsAtOnce = 64;

    /// <summary>The stream of a purpose, such as <c>negatives/jp</c>: its id is the name's 32-bit FNV-1a hash.</summary>
    public static RandomSequence Named(ulong seed, string name, int epoch = 0)
    {
        uint hash = 2166136261u;
        foreach (char c in name)
            hash = (hash ^ c) * 16777619u;
        return new RandomSequence(seed, hash, (uint)epoch);
    }

    /// <summary>The same stream in another epoch.</summary>
    public RandomSequence At(int epoch) => this with { Epoch = (uint)epoch };

    /// <summary>Four random words.</summary>
    public PhiloxBlock Block(ulong index) =>
        Philox.Block(new PhiloxBlock((uint)index, (uint)(index >> 32), Epoch, Stream), Seed);

    /// <summary>64 random bits.</summary>
    public ulong Bits(ulong index)
    {
        PhiloxBlock block = Block(index);
        return ((ulong)block.Word1 << 32) | block.Word0;
    }

    /// <summary>The random bits of consecutive indexes; several times faster than one by one.</summary>
    public void Bits(ulong first, Span<ulong> bits)
    {
        for (int i = 0; i < bits.Length; i++)
            bits[i] = first + (ulong)i;
        Bits(bits);
    }

    /// <summary>Replaces each index by its random bits; several times faster than one by one.</summary>
    public void Bits(Span<ulong> indexes) => Philox.Numbers(((ulong)Stream << 32) | Epoch, Seed, indexes);

    /// <summary>A number uniform in (0, 1): the midpoint of one of 2^52 equal intervals, so never 0 or 1.</summary>
    public double Uniform(ulong index) => Unit(Bits(index));

    /// <summary>Uniform numbers in (0, 1) of consecutive indexes; several times faster than one by one.</summary>
    public void Uniform(ulong first, Span<double> numbers)
    {
        Span<ulong> bits = stackalloc ulong[DrawsAtOnce];
        for (; !numbers.IsEmpty; numbers = numbers[bits.Length..], first += (ulong)bits.Length)
        {
            bits = bits[..Math.Min(bits.Length, numbers.Length)];
            Bits(first, bits);
            for (int i = 0; i < bits.Length; i++)
                numbers[i] = Unit(bits[i]);
        }
    }

    /// <summary>An integer uniform in [0, <paramref name="bound"/>), by the high half of a 128-bit product (Lemire, 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int Below(ulong index, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return Scaled(Bits(index), bound);
    }

    /// <summary>
    /// The integer in [0, <paramref name="bound"/>) for given random bits; <see cref="Below(ulong, int)"/> uses the bits of an index.
    /// </summary>
    public static int Scaled(ulong bits, int bound)
    {
        // The high half of the product, from two products of 32-bit halves: Math.BigMul does not compile for a GPU.
        ulong low = (ulong)(uint)bits * (uint)bound, high = (bits >> 32) * (uint)bound;
        return (int)((high + (low >> 32)) >> 32);
    }

    /// <summary>A standard normal number, by inversion of <see cref="Uniform(ulong)"/>.</summary>
    public double Normal(ulong index) => NormalQuantile.Of(Uniform(index));

    /// <summary>Standard normal numbers of consecutive indexes; several times faster than one by one.</summary>
    public void Normal(ulong first, Span<double> numbers)
    {
        Uniform(first, numbers);
        NormalQuantile.Of(numbers);
    }

    private static double Unit(ulong bits) => ((bits >> 12) + 0.5) * (1.0 / (1ul << 52));
}
