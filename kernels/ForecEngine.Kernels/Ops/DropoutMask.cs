// Dropout's mask (Srivastava et al., JMLR 2014): unit j of a sample is 0 with probability p, else 1 / (1 - p). Whether it is dropped is a
// random draw of (seed, layer, step, user, item, j), so equal samples of a step drop the same units.

namespace ForecEngine.Kernels.Ops;

/// <summary>The parameters of a dropout mask.</summary>
/// <param name="Layer">The layer's sequence of random draws.</param>
/// <param name="Probability">The probability of a unit being dropped, at least 0 and less than 1.</param>
/// <param name="Step">The step; each step has other draws.</param>
public readonly record struct DropoutDraws(RandomSequence Layer, double Probability, int Step);

/// <summary>The body of the mask, one sample at a time.</summary>
internal static class DropoutMask
{
    private const int UnitsPerBlock = 4; // a block of Philox has four words

    /// <summary>The number of blocks of random words for the units of a sample.</summary>
    public static int BlocksOf(int units) => (units + UnitsPerBlock - 1) / UnitsPerBlock;

    /// <summary>A unit is dropped if its random word is below the threshold; the others are scaled by <c>Kept</c>.</summary>
    public static (ulong Threshold, Real Kept) Constants(in DropoutDraws draws) =>
        ((ulong)Math.Ceiling(draws.Probability * (1ul << 32)), (Real)(1 / (1 - draws.Probability)));

    /// <summary>Overwrites a sample's row.</summary>
    public static void Draw(in DropoutDraws draws, int user, int item, Span<Real> row)
    {
        uint blocks = (uint)BlocksOf(row.Length);
        (ulong threshold, Real kept) = Constants(draws);
        ulong sample = ((ulong)(uint)user << 32) | (uint)item;
        for (uint block = 0; block < blocks; block++)
        {
            PhiloxBlock words = (draws.Layer with { Epoch = unchecked(((uint)draws.Step * blocks) + block) }).Block(sample);
            Span<Real> four = row[(int)(block * UnitsPerBlock)..];
            for (int i = 0; i < UnitsPerBlock && i < four.Length; i++)
                four[i] = Word(words, i) < threshold ? 0 : kept;
        }
    }

    private static uint Word(in PhiloxBlock words, int i) =>
        i switch { 0 => words.Word0, 1 => words.Word1, 2 => words.Word2, _ => words.Word3 };
}
