// The paired t-test of two systems over the same users, and Holm's correction for several tests (Scandinavian Journal of Statistics 6,
// 1979).

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>A paired t-test.</summary>
/// <param name="Difference">The mean over users of the second system's value minus the first's.</param>
/// <param name="T">The statistic; infinite if all differences are equal and not 0, and 0 if all are 0 or there is one user.</param>
/// <param name="P">The two-sided p-value; 1 for equal systems, and for one user.</param>
public readonly record struct PairedTest(double Difference, double T, double P)
{
    /// <summary>Tests values of the same users, in the same order.</summary>
    /// <exception cref="ArgumentException">There are no users, or the numbers of values differ.</exception>
    public static PairedTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length || first.IsEmpty)
            throw new ArgumentException($"{first.Length} and {second.Length} values; expects as many, at least one", nameof(second));
        int users = first.Length;
        double mean = 0, squares = 0;
        for (int i = 0; i < users; i++)
            mean += second[i] - first[i];
        mean /= users;
        for (int i = 0; i < users; i++)
        {
            double off = second[i] - first[i] - mean;
            squares += off * off;
        }

        if (users == 1 || (mean == 0 && squares == 0))
            return new PairedTest(mean, T: 0, P: 1);
        double t = mean / Math.Sqrt(squares / (users - 1) / users);
        return new PairedTest(mean, t, StudentT.TwoSided(t, users - 1));
    }

    /// <summary>
    /// Holm's adjusted p-values, in the order of the tests: the i-th smallest of m is the greatest of (m - j + 1) p_j over the j smallest
    /// up to it, and at most 1.
    /// </summary>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        double[] adjusted = new double[p.Count];
        double greatest = 0;
        foreach ((int smaller, int test) in Enumerable.Range(0, p.Count).OrderBy(test => p[test]).Index())
        {
            greatest = Math.Max(greatest, Math.Min(1, (p.Count - smaller) * p[test]));
            adjusted[test] = greatest;
        }

        return adjusted;
    }
}
