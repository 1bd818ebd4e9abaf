// The parts of a ranking by dot products between the product and the selection.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the ranking.</summary>
internal static class RankingKernels
{
    /// <summary>scores[user, item] += bias[item].</summary>
    public static void AddBias(Index1D i, ArrayView<float> scores, ArrayView<float> bias, int items) =>
        scores[i] = scores[i] + bias[i % items];

    /// <summary>The scores of a user's items that are left out = negative infinity. A thread has a user.</summary>
    public static void LeaveOut(
        Index1D user, ArrayView<float> scores, ArrayView<int> starts, ArrayView<int> leftOut, int first, int items)
    {
        for (int i = starts[first + user]; i < starts[first + user + 1]; i++)
            scores[(user * items) + leftOut[i]] = float.NegativeInfinity;
    }
}
