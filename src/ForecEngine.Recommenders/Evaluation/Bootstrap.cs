// Bootstrap intervals over users and seeds (Efron, Annals of Statistics 7, 1979). A resample draws as many users as there are, and for each
// system as many of its runs as it has, with replacement. All systems share the drawn users, and those with the same seeds share the drawn
// seeds, so that the interval of a difference is that of pairs, and is [0, 0] for equal systems.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>A system's values.</summary>
/// <param name="Seeds">The seeds of its runs, ascending.</param>
/// <param name="BySeed">For each seed, the value of each user; the users are the same in all systems.</param>
public sealed record SystemValues(IReadOnlyList<ulong> Seeds, IReadOnlyList<double[]> BySeed);

/// <summary>An interval.</summary>
/// <param name="From">Its lower end.</param>
/// <param name="To">Its upper end.</param>
public readonly record struct Interval(double From, double To)
{
    private const double Outside = 0.025; // on each side of a 95 % interval

    /// <summary>The 95 % percentile interval of resampled values.</summary>
    public static Interval Of(IEnumerable<double> resampled)
    {
        double[] sorted = [.. resampled.Order()];
        int below = (int)Math.Floor(Outside * (sorted.Length - 1));
        return new Interval(sorted[below], sorted[^(1 + below)]);
    }
}

/// <summary>Resamples means.</summary>
public static class Bootstrap
{
    /// <summary>The mean of each system in each resample.</summary>
    /// <param name="systems">The systems.</param>
    /// <param name="resamples">The number of resamples.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="threads">The number of threads; no result depends on it.</param>
    public static double[][] Means(IReadOnlyList<SystemValues> systems, int resamples, ulong seed, int threads)
    {
        int users = systems[0].BySeed[0].Length;
        double[][] means = [.. systems.Select(_ => new double[resamples])];
        RandomSequence ofUsers = RandomSequence.Named(seed, "bootstrap/users");
        RandomSequence[] ofSeeds =
            [.. systems.Select(system => RandomSequence.Named(seed, $"bootstrap/seeds/{string.Join(',', system.Seeds)}"))];
        ParallelOptions together = new() { MaxDegreeOfParallelism = threads };
        Parallel.For(0, resamples, together, () => (Bits: new ulong[users], Times: new double[users]), (resample, _, memory) =>
        {
            (ulong[] bits, double[] times) = memory;
            times.AsSpan().Clear();
            ofUsers.At(resample).Bits(0, bits);
            foreach (ulong drawn in bits)
                times[RandomSequence.Scaled(drawn, users)]++;
            for (int system = 0; system < means.Length; system++)
            {
                IReadOnlyList<double[]> runs = systems[system].BySeed;
                double sum = 0;
                for (int run = 0; run < runs.Count; run++)
                    sum += Weighted(times, runs[ofSeeds[system].At(resample).Below((ulong)run, runs.Count)]);
                means[system][resample] = sum / runs.Count / users;
            }

            return memory;
        }, _ => { });
        return means;
    }

    // Four sums in a fixed order: one alone would wait for each addition.
    private static double Weighted(ReadOnlySpan<double> times, ReadOnlySpan<double> values)
    {
        double a = 0, b = 0, c = 0, d = 0;
        int i = 0;
        for (; i + 4 <= values.Length; i += 4)
        {
            a += times[i] * values[i];
            b += times[i + 1] * values[i + 1];
            c += times[i + 2] * values[i + 2];
            d += times[i + 3] * values[i + 3];
        }

        for (; i < values.Length; i++)
            a += times[i] * values[i];
        return a + b + (c + d);
    }
}
