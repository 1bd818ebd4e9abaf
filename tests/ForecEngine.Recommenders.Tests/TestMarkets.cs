// Markets for tests: from explicit rows, or small random ones.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Tests;

/// <summary>A row of a market.</summary>
internal sealed record Row(string User, string Item, float Rating, long Time);

internal static class TestMarkets
{
    /// <summary>A market's rows, with dates.</summary>
    public static Ratings Ratings(string market, params IReadOnlyList<Row> rows)
    {
        IdTable users = new(), items = new();
        return new Ratings
        {
            Market = market,
            Users = users,
            Items = items,
            UserOf = [.. rows.Select(row => users.Add(row.User))],
            ItemOf = [.. rows.Select(row => items.Add(row.Item))],
            Rating = [.. rows.Select(row => row.Rating)],
            Time = [.. rows.Select(row => new Timestamp(row.Time))],
            Digest = market,
        };
    }

    /// <summary>
    /// Random rows: users with 7 to 12 different items of the market, some rated 0. All markets share user u0 and half of the items.
    /// </summary>
    public static Ratings Random(string market, ulong seed, int users = 24, int items = 30)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"test/{market}");
        List<Row> rows = [];
        for (int user = 0; user < users; user++)
        {
            int[] order = [.. Enumerable.Range(0, items)];
            draws.At(1 + user).Shuffle<int>(order);
            int count = 7 + draws.Below((ulong)user << 8, 6);
            rows.AddRange(order.Take(count).Select((item, i) => new Row(
                $"u{user}", item % 2 == 0 ? $"shared{item}" : $"{market}{item}",
                draws.Below(((ulong)user << 8) + 1 + (ulong)i, 12) == 0 ? 0 : 5, i)));
        }

        return Ratings(market, rows);
    }

    /// <summary>The ranking of the test candidates of an experiment that has them.</summary>
    public static RankedLists Tested(this ExperimentOutcome outcome) =>
        outcome.Test ?? throw new InvalidOperationException($"not evaluated: {outcome.NotEvaluated}");

    /// <summary>The neural network that an experiment trained last.</summary>
    public static IRecommender Network(this ExperimentOutcome outcome) => (IRecommender)outcome.Model;

    /// <summary>A random market, prepared.</summary>
    public static Market Prepared(string market, ulong seed, int users = 24, int items = 30) =>
        Market.Prepare(Random(market, seed, users, items));
}
