// Draws a training row's negatives. The n items that are not excluded for its user are numbered in ascending order. Floyd's method draws m
// distinct numbers: number k is uniform up to n - m + k, or n - m + k itself if that number has been drawn before. Each number is then
// mapped to its item.

namespace ForecEngine.Kernels.Ops;

/// <summary>The samples of a training row, in the simplest form; the specification of faster ones.</summary>
internal static class NegativeDraws
{
    /// <summary>Overwrites the samples of a row: its own, and its negatives.</summary>
    public static void Draw(in SampleDraws draws, int row, Span<Sample> samples)
    {
        Span<int> starts = draws.Starts.Span, ends = draws.ExcludedStarts.Span;
        int user = draws.Users.Span[row];
        Span<int> excluded = draws.Excluded.Span[ends[user]..ends[user + 1]], pool = draws.Pool.Span;
        samples = samples[starts[row]..starts[row + 1]];
        samples[0] = draws.Rows.Span[row];
        Span<Sample> negatives = samples[1..];

        // The samples keep the numbers until these are mapped.
        int free = pool.Length - excluded.Length;
        for (int k = 0; k < negatives.Length; k++)
        {
            int last = free - negatives.Length + k, number = draws.Draws.Below(((ulong)(uint)row << 32) + (uint)k, last + 1);
            foreach (Sample before in negatives[..k])
                number = before.Item == number ? last : number;
            negatives[k] = new Sample(samples[0].User, number, isPositive: false);
        }

        foreach (ref Sample negative in negatives)
        {
            int item = negative.Item;
            foreach (int other in excluded)
                item += other <= item ? 1 : 0;
            negative = new Sample(negative.User, pool[item], isPositive: false);
        }
    }
}
