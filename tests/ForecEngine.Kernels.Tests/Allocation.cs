// How much a repeated action allocates, told apart from what the runtime allocates now and then on any thread while it
// compiles code anew or collects: what the action itself allocates, it allocates in every round.

namespace ForecEngine.Kernels.Tests;

internal static class Allocation
{
    private const int Rounds = 10;

    /// <summary>The bytes that the calling thread allocates for an action, the least of some rounds after the first.</summary>
    public static long BytesOf(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
