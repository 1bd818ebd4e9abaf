// The values of a finished cell in a report: the means of its rankings, from result.json, and those of its users, from per-user.csv.

namespace ForecEngine.Cli.Reports;

/// <summary>A finished cell.</summary>
/// <param name="Rankings">The scores by kind of candidates; none if nobody is evaluated.</param>
internal sealed record CellValues(IReadOnlyDictionary<string, SystemScores> Rankings)
{
    private const string Test = "test", Valid = "valid";

    /// <summary>Reads a cell.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="result">Its result.json.</param>
    /// <param name="users">Shares the users among cells; null if their values are not needed.</param>
    /// <exception cref="DataFormatException">The values of users cannot be read, or do not fit the result.</exception>
    public static CellValues Read(string path, JsonObject result, UserPool? users)
    {
        (string Split, bool AmongAll, EvaluationResult Result)[] rankings = [.. ResultFile.Rankings(result)];
        UserTable? table = users is not null && rankings.Length > 0 ? UserFile.Read(RunDirectory.PerUserPath(path)) : null;
        string few = (string?)result["candidates_from"] == NamedRanking.Given ? NamedRanking.Given : NamedRanking.Sampled;
        Dictionary<string, SystemScores> scores = [];
        foreach ((_, bool amongAll, EvaluationResult test) in rankings.Where(ranking => ranking.Split == Test))
        {
            string candidates = amongAll ? NamedRanking.AllItems : few;
            EvaluationResult? valid = rankings.FirstOrDefault(other => other.Split == Valid && other.AmongAll == amongAll).Result;
            SystemScores means = new()
            {
                Valid = valid?.Means[SystemScores.Metrics[0]],
                Means = [.. SystemScores.Metrics.Select(metric => test.Means[metric])],
                BySeed = [test.Means[SystemScores.Metrics[0]]],
            };
            scores[candidates] = table is null || users is null ? means
                : WithUsers(means, RunDirectory.PerUserPath(path), table, candidates, test.Users, users);
        }

        return new(scores);
    }

    private static SystemScores WithUsers(
        SystemScores means, string path, UserTable table, string candidates, int count, UserPool users)
    {
        UserValues[] rows =
        [
            .. table.Rows.Where(row => row.Split == Test && row.Candidates == candidates).OrderBy(row => row.User, StringComparer.Ordinal),
        ];
        int[] places = [.. SystemScores.Metrics.Select(metric => table.Metrics.ToList().IndexOf(metric))];
        if (rows.Length != count || places.Contains(-1))
            throw new DataFormatException($"{path}: does not have the values of the {Counted.Of(count, "user")} of result.json");
        return means with
        {
            Users = users.Shared(new TestedUsers(
                path, [.. rows.Select(row => row.User)], [.. rows.Select(row => row.Item)], [.. rows.Select(row => row.TrainingRows)])),
            PerUser = [.. places.Select(place => Array.ConvertAll(rows, row => row.Values[place]))],
        };
    }
}

/// <summary>The users of a ranking.</summary>
/// <param name="Path">The file from which they were read.</param>
/// <param name="Ids">Their ids, in their order.</param>
/// <param name="Items">The held-out items.</param>
/// <param name="TrainingRows">The numbers of their training rows.</param>
internal sealed record TestedUsers(string Path, string[] Ids, string[] Items, int[] TrainingRows)
{
    public static readonly TestedUsers None = new("", [], [], []);

    /// <summary>Whether the held-out rows are those of others.</summary>
    public bool AreThoseOf(TestedUsers others) => ReferenceEquals(this, others)
        || (Ids.AsSpan().SequenceEqual(others.Ids) && Items.AsSpan().SequenceEqual(others.Items));
}

/// <summary>The users of all cells, each list of them once: most cells of a target are tested on the same.</summary>
internal sealed class UserPool
{
    private readonly List<TestedUsers> _known = [];

    /// <summary>The known users with the same held-out rows, or these.</summary>
    public TestedUsers Shared(TestedUsers users)
    {
        if (_known.Find(users.AreThoseOf) is { } same)
            return same;
        _known.Add(users);
        return users;
    }
}
