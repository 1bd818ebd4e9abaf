// Measures how much an action allocates. The runtime also allocates on any thread now and then, when it recompiles code or collects
// garbage. The action itself allocates in every round, so the minimum over the rounds is its own.

namespace ForecEngine.Kernels.Tests;

internal static class Allocation
{
    private const int Rounds = 10;

    /// <summary>The bytes that the calling thread allocates for an action: the minimum of some rounds after the first.</summary>
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
