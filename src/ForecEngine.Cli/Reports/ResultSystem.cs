// A method for a target with given sources: the means of its seeds, and the values of users averaged over seeds.

namespace ForecEngine.Cli.Reports;

/// <summary>A system.</summary>
internal sealed record ResultSystem
{
    public required string Method { get; init; }

    public required string Target { get; init; }

    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The fraction of the target's training rows.</summary>
    public double Fraction { get; init; } = 1;

    /// <summary>The planned seeds.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [Experiment.DefaultSeed];

    /// <summary>Whether the cells of all seeds have finished.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The scores by kind of candidates; none unless the system is complete and was evaluated.</summary>
    public IReadOnlyDictionary<string, SystemScores> Scores { get; init; } = new Dictionary<string, SystemScores>();

    /// <summary>The system of cells.</summary>
    /// <param name="experiment">The record of one of them.</param>
    /// <param name="seeds">The planned seeds, ascending.</param>
    /// <param name="finished">The finished cells, in the order of their seeds.</param>
    public static ResultSystem Of(Experiment experiment, IReadOnlyList<ulong> seeds, IReadOnlyList<CellValues> finished)
    {
        bool isComplete = finished.Count == seeds.Count;
        IEnumerable<string> kinds = isComplete ? finished[0].Rankings.Keys : [];
        return new()
        {
            Method = experiment.Method,
            Target = experiment.Target,
            Sources = experiment.Sources,
            Fraction = SweepResults.FractionOf(experiment),
            Seeds = seeds,
            IsComplete = isComplete,
            Scores = kinds.Where(kind => finished.All(cell => cell.Rankings.ContainsKey(kind)))
                .ToDictionary(kind => kind, kind => SystemScores.OfSeeds([.. finished.Select(cell => cell.Rankings[kind])])),
        };
    }
}

/// <summary>The scores of rankings of test, of a system or averaged over systems.</summary>
internal sealed record SystemScores
{
    /// <summary>The metrics of the report.</summary>
    public static readonly IReadOnlyList<string> Metrics = [Metric.NdcgAt10.Name, new Metric(MetricKind.HitRate, 10).Name];

    /// <summary>The p-value below which a difference is significant.</summary>
    public const double SignificanceLevel = 0.05;

    /// <summary>nDCG@10 of validation, by which a source is chosen; null if there is no validation.</summary>
    public double? Valid { get; init; }

    /// <summary>The mean of each of <see cref="Metrics"/>.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>nDCG@10 of each seed.</summary>
    public IReadOnlyList<double> BySeed { get; init; } = [];

    /// <summary>The users whose values there are.</summary>
    public TestedUsers Users { get; init; } = TestedUsers.None;

    /// <summary>The values of <see cref="Users"/> in each of <see cref="Metrics"/>; empty if they were not read.</summary>
    public IReadOnlyList<double[]> PerUser { get; init; } = [];

    /// <summary>Whether a paired test over users is possible: both have values, of the same held-out rows.</summary>
    public bool IsPairedWith(SystemScores other) =>
        PerUser.Count > 0 && other.PerUser.Count > 0 && Users.Ids.Length > 0 && Users.AreThoseOf(other.Users);

    /// <summary>The means over the cells of a system.</summary>
    /// <exception cref="DataFormatException">They were not tested on the same users.</exception>
    public static SystemScores OfSeeds(IReadOnlyList<SystemScores> cells) =>
        MeanOf(cells) with { BySeed = [.. cells.SelectMany(cell => cell.BySeed)] };

    /// <summary>The means over systems with the same seeds.</summary>
    /// <exception cref="DataFormatException">They were not tested on the same users.</exception>
    public static SystemScores OfSystems(IReadOnlyList<SystemScores> systems) => MeanOf(systems) with
    {
        BySeed = systems.All(system => system.BySeed.Count == systems[0].BySeed.Count)
            ? [.. systems[0].BySeed.Select((_, seed) => systems.Average(system => system.BySeed[seed]))] : [],
    };

    private static SystemScores MeanOf(IReadOnlyList<SystemScores> all)
    {
        bool hasUsers = all.All(scores => scores.PerUser.Count > 0);
        if (hasUsers && all.FirstOrDefault(scores => !scores.Users.AreThoseOf(all[0].Users)) is { } other)
            throw new DataFormatException($"{other.Users.Path}: its held-out rows are not those of {all[0].Users.Path}");
        return new SystemScores
        {
            Valid = all.All(scores => scores.Valid is not null) ? all.Average(scores => scores.Valid) : null,
            Means = [.. Metrics.Select((_, metric) => all.Average(scores => scores.Means[metric]))],
            Users = all[0].Users,
            PerUser = hasUsers ? [.. Metrics.Select((_, metric) => AverageOf([.. all.Select(scores => scores.PerUser[metric])]))] : [],
        };
    }

    // As in RunComparison: the values of each user are summed in the order of the seeds.
    private static double[] AverageOf(double[][] all) =>
        [.. Enumerable.Range(0, all[0].Length).Select(user => all.Sum(values => values[user]) / all.Length)];
}
