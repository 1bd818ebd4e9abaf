// Systems with given values, for tests of the tables that are made of them.

using ForecEngine.Cli.Reports;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;

namespace ForecEngine.Cli.Tests.Reports;

internal static class Systems
{
    private static readonly TestedUsers s_users = new("cell", ["u1", "u2", "u3", "u4"], ["a", "b", "c", "d"], [5, 6, 7, 8]);

    /// <summary>A system with one source or none, whose users have given values of both metrics.</summary>
    public static ResultSystem Of(string method, string target, string? source, double valid, params double[] users) => new()
    {
        Method = method,
        Target = target,
        Sources = source is null ? [] : [source],
        Scores = new Dictionary<string, SystemScores>
        {
            [NamedRanking.Sampled] = new()
            {
                Valid = valid,
                Means = [users.Average(), users.Average()],
                BySeed = [users.Average()],
                Users = users.Length == 4 ? s_users : TestedUsers.None,
                PerUser = users.Length == 4 ? [users, users] : [],
            },
        },
    };

    /// <summary>A system of which a cell is missing.</summary>
    public static ResultSystem Missing(string method, string target, string? source) => new()
    {
        Method = method,
        Target = target,
        Sources = source is null ? [] : [source],
        IsComplete = false,
    };

    /// <summary>A group of systems.</summary>
    public static ResultGroup Group(params ResultSystem[] systems) =>
        new(new("paper", null, "cpu"), new Experiment { Method = "forec", Preset = "paper", Target = "jp" }, systems);
}
