// Compares the runs of systems: runs with equal records except for the seed are of one system. Users are aligned by id; runs that are not
// tested on the same held-out items in the same way are refused.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>What to compare, and how.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The split: <c>valid</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "test";

    /// <summary>The candidates (<see cref="NamedRanking.Candidates"/>); null for all kinds that every run has.</summary>
    public string? Candidates { get; init; }

    /// <summary>The metrics.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = Metric.Default;

    /// <summary>The number of resamples of the bootstrap.</summary>
    public int Resamples { get; init; } = 10_000;

    /// <summary>The seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = Experiment.DefaultSeed;

    /// <summary>Whether all systems are compared with the first only, not with each other.</summary>
    public bool WithFirst { get; init; }
}

/// <summary>A system: runs that differ by the seed alone.</summary>
/// <param name="Name">Its name: that of the directory of its first run, and the number of the others.</param>
/// <param name="Runs">Its runs, by seed.</param>
public sealed record ComparedSystem(string Name, IReadOnlyList<ComparedRun> Runs);

/// <summary>A system's mean.</summary>
/// <param name="Candidates">The candidates.</param>
/// <param name="Metric">The name of the metric.</param>
/// <param name="System">The system's name.</param>
/// <param name="Mean">The mean over users and seeds.</param>
/// <param name="Interval">The 95 % bootstrap interval over users and seeds.</param>
public sealed record SystemMean(string Candidates, string Metric, string System, double Mean, Interval Interval);

/// <summary>A comparison of two systems.</summary>
/// <param name="Candidates">The candidates.</param>
/// <param name="Metric">The name of the metric.</param>
/// <param name="First">The first system's name.</param>
/// <param name="Second">The second system's name.</param>
/// <param name="Test">The paired t-test over users, of values averaged over seeds; the difference is second minus first.</param>
/// <param name="HolmP">The p-value after Holm's correction over all pairs for the same candidates and metric.</param>
/// <param name="Interval">The 95 % bootstrap interval of the difference over users and seeds.</param>
public sealed record PairComparison(
    string Candidates, string Metric, string First, string Second, PairedTest Test, double HolmP, Interval Interval);

/// <summary>A comparison of systems.</summary>
/// <param name="Systems">The systems, in the order of their first runs.</param>
/// <param name="Users">The number of users.</param>
/// <param name="Means">The systems' means.</param>
/// <param name="Pairs">The comparisons of pairs.</param>
public sealed record RunComparison(
    IReadOnlyList<ComparedSystem> Systems, int Users, IReadOnlyList<SystemMean> Means, IReadOnlyList<PairComparison> Pairs)
{
    /// <summary>Compares runs.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <param name="options">What to compare.</param>
    /// <param name="threads">The number of threads; no result depends on it.</param>
    /// <exception cref="DataFormatException">The runs were not tested alike; the message names what differs.</exception>
    public static RunComparison Of(IReadOnlyList<ComparedRun> runs, ComparisonOptions options, int threads)
    {
        foreach (ComparedRun run in runs.Skip(1))
        {
            if (runs[0].DifferenceTo(run, options) is { } difference)
                throw new DataFormatException($"the runs were not tested alike: {difference}");
        }

        ComparedSystem[] systems = Group(runs);
        int users = 0;
        List<SystemMean> means = [];
        List<PairComparison> pairs = [];
        foreach (string candidates in Kinds(runs, options))
        {
            Dictionary<ComparedRun, UserValues[]> aligned = Align(runs, options.Split, candidates);
            users = aligned[runs[0]].Length;
            foreach (string metric in options.Metrics.Select(metric => metric.Name))
            {
                SystemValues[] values = [.. systems.Select(system => new SystemValues(
                    [.. system.Runs.Select(run => run.Experiment.Seed)],
                    [.. system.Runs.Select(run => ValuesOf(run, aligned[run], metric))]))];
                double[][] resampled = Bootstrap.Means(values, options.Resamples, options.Seed, threads);
                for (int i = 0; i < systems.Length; i++)
                {
                    means.Add(new SystemMean(
                        candidates, metric, systems[i].Name, AverageOf(values[i]).Sum() / users, Interval.Of(resampled[i])));
                }

                (int First, int Second)[] places =
                [
                    .. Enumerable.Range(0, options.WithFirst ? 1 : systems.Length)
                        .SelectMany(i => Enumerable.Range(i + 1, systems.Length - i - 1).Select(j => (i, j))),
                ];
                double[][] averages = [.. values.Select(AverageOf)];
                PairedTest[] tests = [.. places.Select(pair => PairedTest.Of(averages[pair.First], averages[pair.Second]))];
                double[] holm = PairedTest.Holm([.. tests.Select(test => test.P)]);
                pairs.AddRange(places.Select((pair, i) => new PairComparison(
                    candidates, metric, systems[pair.First].Name, systems[pair.Second].Name, tests[i], holm[i],
                    Interval.Of(resampled[pair.Second].Zip(resampled[pair.First], (second, first) => second - first)))));
            }
        }

        return new RunComparison(systems, users, means, pairs);
    }

    // A run with the record and the seed of an earlier one, such as a copy of it, begins another system.
    private static ComparedSystem[] Group(IReadOnlyList<ComparedRun> runs)
    {
        List<List<ComparedRun>> systems = [];
        foreach (ComparedRun run in runs)
        {
            List<ComparedRun>? own = systems.Find(system =>
                system[0].SystemKey == run.SystemKey && system.TrueForAll(other => other.Experiment.Seed != run.Experiment.Seed));
            if (own is null)
                systems.Add([run]);
            else
                own.Add(run);
        }

        // The directory's own name, unless two systems would have the same.
        bool isShort = systems.Select(system => Path.GetFileName(system[0].Path)).Distinct().Count() == systems.Count;
        return
        [
            .. systems.Select(system => new ComparedSystem(
                (isShort ? Path.GetFileName(system[0].Path) : system[0].Path) + (system.Count == 1 ? "" : $" +{system.Count - 1}"),
                [.. system.OrderBy(run => run.Experiment.Seed)])),
        ];
    }

    private static string[] Kinds(IReadOnlyList<ComparedRun> runs, ComparisonOptions options)
    {
        string[][] kinds = [.. runs.Select(run => run.Users.Rows
            .Where(row => row.Split == options.Split && (options.Candidates ?? row.Candidates) == row.Candidates)
            .Select(row => row.Candidates).Distinct().ToArray())];
        for (int i = 0; i < runs.Count; i++)
        {
            if (kinds[i].Length == 0)
            {
                string kind = options.Candidates is { } asked ? $" among {asked} candidates" : "";
                throw new DataFormatException($"{runs[i].Path}: has no ranking of {options.Split}{kind}");
            }

            if (!kinds[i].SequenceEqual(kinds[0]))
            {
                string own = string.Join(" and ", kinds[i]), first = string.Join(" and ", kinds[0]);
                throw new DataFormatException(
                    $"the runs were not tested alike: candidates are {first} in {runs[0].Path}, {own} in {runs[i].Path}");
            }
        }

        return kinds[0];
    }

    // The rows of each run in the order of user ids.
    private static Dictionary<ComparedRun, UserValues[]> Align(IReadOnlyList<ComparedRun> runs, string split, string candidates)
    {
        Dictionary<ComparedRun, UserValues[]> aligned = new(ReferenceEqualityComparer.Instance);
        foreach (ComparedRun run in runs)
        {
            UserValues[] own =
            [
                .. run.Users.Rows.Where(row => row.Split == split && row.Candidates == candidates)
                    .OrderBy(row => row.User, StringComparer.Ordinal),
            ];
            aligned[run] = own;
            UserValues[] first = aligned[runs[0]];
            string? difference = own.Length != first.Length
                ? $"{run.Path} has {own.Length} users, {runs[0].Path} has {first.Length}"
                : own.Zip(first).FirstOrDefault(pair => (pair.First.User, pair.First.Item) != (pair.Second.User, pair.Second.Item)) is
                    ({ } here, { } there)
                    ? $"{run.Path} has user {here.User} with item {here.Item}, {runs[0].Path} has user {there.User} with item {there.Item}"
                    : null;
            if (difference is not null)
                throw new DataFormatException($"the runs were not tested alike: {difference}");
        }

        return aligned;
    }

    private static double[] ValuesOf(ComparedRun run, UserValues[] rows, string metric)
    {
        int place = run.Users.Metrics.ToList().IndexOf(metric);
        return place >= 0
            ? [.. rows.Select(row => row.Values[place])]
            : throw new DataFormatException($"{run.Path}: has no values of {metric}; it has {string.Join(", ", run.Users.Metrics)}");
    }

    private static double[] AverageOf(SystemValues system) =>
        [.. Enumerable.Range(0, system.BySeed[0].Length).Select(user => system.BySeed.Sum(run => run[user]) / system.BySeed.Count)];
}
