// What a ranking results in: the metrics of each user and their means, and on request every score.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>The metrics of a ranking.</summary>
/// <param name="Users">The number of measured users; like trec_eval, those without a judged item are left out.</param>
/// <param name="Means">The mean of each metric over these users, by name; 0 if there are none.</param>
/// <param name="PerUser">The value of each metric for each user, in the order of the lists; 0 for those left out.</param>
public sealed record EvaluationResult(int Users, IReadOnlyDictionary<string, double> Means, IReadOnlyDictionary<string, double[]> PerUser)
{
    /// <summary>Where each user's relevant item is ranked, in the order of the lists.</summary>
    public IReadOnlyList<UserPlace> Places { get; init; } = [];

    /// <summary>The result of values of each metric for each list.</summary>
    internal static EvaluationResult Of(IReadOnlyList<Metric> metrics, double[][] perUser, UserPlace[] places)
    {
        int users = places.Count(place => place.IsMeasured);
        Dictionary<string, double[]> values = metrics.Zip(perUser).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        return new(users, values.ToDictionary(metric => metric.Key, metric => metric.Value.Sum() / Math.Max(1, users)), values)
        {
            Places = places,
        };
    }
}

/// <summary>Where a user's relevant item is ranked.</summary>
/// <param name="User">The user's index in the market.</param>
/// <param name="Item">
/// The index of the held-out item or, of several relevant ones, of the one that is ranked first; -1 if the market does not have it.
/// </param>
/// <param name="Rank">Its rank, from 1; 0 if no candidate is relevant.</param>
/// <param name="IsMeasured">Whether the user has a judged item, so that metrics count this user.</param>
public readonly record struct UserPlace(int User, int Item, int Rank, bool IsMeasured);

/// <summary>A ranking with the names of its split and its candidates.</summary>
/// <param name="Split"><c>valid</c> or <c>test</c>.</param>
/// <param name="Candidates"><see cref="AllItems"/>, <see cref="Sampled"/> or <see cref="Given"/>.</param>
/// <param name="Ranked">The ranking.</param>
public sealed record NamedRanking(string Split, string Candidates, RankedLists Ranked)
{
    /// <summary>All items that could be recommended.</summary>
    public const string AllItems = "all";

    /// <summary>Sampled items.</summary>
    public const string Sampled = "sampled";

    /// <summary>Given lists.</summary>
    public const string Given = "given";
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
