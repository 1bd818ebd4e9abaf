// Draws an epoch's samples: one thread per training row draws the row's negatives one after another, as Ops/NegativeDraws.cs specifies.
// Each thread writes its own range of the samples.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The body of the draws, for one thread.</summary>
internal static class SampleKernels
{
    /// <summary>Overwrites the samples of row i; see <see cref="SampleDraws"/>.</summary>
    public static void Draw(
        Index1D i, RandomSequence draws, ArrayView<Sample> rows, ArrayView<int> starts, ArrayView<int> users,
        ArrayView<int> excludedStarts, ArrayView<int> excluded, ArrayView<int> pool, int poolSize, ArrayView<Sample> samples)
    {
        Sample row = rows[i];
        int first = starts[i] + 1, count = starts[i + 1] - first; // of the row's negatives
        int start = excludedStarts[users[i]], length = excludedStarts[users[i] + 1] - start, free = poolSize - length;
        samples[first - 1] = row;

        // The samples keep the numbers until these are mapped, since a thread has no array of its own.
        for (int k = 0; k < count; k++)
        {
            int last = free - count + k, number = RandomSequence.Scaled(draws.Bits(((ulong)(uint)i.X << 32) + (uint)k), last + 1);
            bool isTaken = false;
            for (int j = 0; j < k; j++)
                isTaken |= samples[first + j].Item == number;
            samples[first + k] = new Sample(row.User, isTaken ? last : number, isPositive: false);
        }

        for (int k = 0; k < count; k++)
        {
            int number = samples[first + k].Item;
            int item = number + ExcludedBefore(excluded, start, length, number);
            samples[first + k] = new Sample(row.User, pool[item], isPositive: false);
        }
    }

    // The number of excluded items before the free item of a number. Before excluded item s[j] are s[j] - j free items, so that the item
    // lies after every s[j] with s[j] - j <= number.
    private static int ExcludedBefore(ArrayView<int> excluded, int start, int length, int number)
    {
        int low = 0, high = length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (excluded[start + middle] - middle <= number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
