// Random orders for tests.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Tests;

/// <summary>Shuffles by draws.</summary>
internal static class Shuffling
{
    /// <summary>Puts values in a random order (Fisher-Yates, draws 0 to n - 2).</summary>
    public static void Shuffle<T>(this RandomSequence draws, Span<T> values)
    {
        for (int last = values.Length - 1; last > 0; last--)
        {
            int other = draws.Below((ulong)(values.Length - 1 - last), last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }
}
