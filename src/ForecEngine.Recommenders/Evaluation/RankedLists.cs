// What a ranking results in: the metrics of each user and their means, and on request every score.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>The metrics of a ranking.</summary>
/// <param name="Users">The number of measured users; like trec_eval, those without a judged item are left out.</param>
/// <param name="Means">The mean of each metric over these users, by name; 0 if there are none.</param>
/// <param name="PerUser">The value of each metric for each user, in the order of the lists; 0 for those left out.</param>
public sealed record EvaluationResult(int Users, IReadOnlyDictionary<string, double> Means, IReadOnlyDictionary<string, double[]> PerUser)
{
    /// <summary>The rank of each user's first relevant candidate, in the order of the lists; 0 if no candidate is relevant.</summary>
    public IReadOnlyList<int> Ranks { get; init; } = [];

    /// <summary>The result of values of each metric for each list.</summary>
    internal static EvaluationResult Of(IReadOnlyList<Metric> metrics, double[][] perUser, int users, int[] ranks)
    {
        Dictionary<string, double[]> values = metrics.Zip(perUser).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        return new(users, values.ToDictionary(metric => metric.Key, metric => metric.Value.Sum() / Math.Max(1, users)), values)
        {
            Ranks = ranks,
        };
    }
}

/// <summary>Candidate lists with their scores.</summary>
/// <param name="Market">The market of the users and items.</param>
/// <param name="Lists">The lists.</param>
/// <param name="Scores">A score for each candidate of each list; empty if scores were not kept.</param>
/// <param name="Result">The metrics.</param>
public sealed record RankedLists(Market Market, IReadOnlyList<CandidateList> Lists, Real[][] Scores, EvaluationResult Result)
{
    /// <summary>The number of candidates at the top of a list that <see cref="Shown"/> counts.</summary>
    public const int Top = 10;

    /// <summary>Whether the candidates are all items that could be recommended.</summary>
    public bool IsFull => Lists is AllCandidates;

    /// <summary>
    /// For each item of the market, the number of users who have it among their first <see cref="Top"/> candidates; empty unless
    /// <see cref="IsFull"/>.
    /// </summary>
    public IReadOnlyList<int> Shown { get; init; } = [];
}
