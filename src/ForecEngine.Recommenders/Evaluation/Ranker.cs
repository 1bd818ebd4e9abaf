// Ranks candidates by a model's scores, as trec_eval would: score descending, then item id descending.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>What a ranking measured.</summary>
/// <param name="Users">How many users were measured: those with a judged item, as trec_eval leaves out the others.</param>
/// <param name="Means">The mean of each metric over these users, by name; 0 where there is none.</param>
/// <param name="PerUser">Each user's value of each metric, in the order of the lists; 0 for those who are left out of the means.</param>
public sealed record EvaluationResult(int Users, IReadOnlyDictionary<string, double> Means, IReadOnlyDictionary<string, double[]> PerUser);

/// <summary>Candidate lists with their scores.</summary>
/// <param name="Market">The market whose users and items they name.</param>
/// <param name="Lists">The lists.</param>
/// <param name="Scores">A score for each candidate of each list.</param>
/// <param name="Result">What the ranking measured.</param>
public sealed record RankedLists(Market Market, IReadOnlyList<CandidateList> Lists, Real[][] Scores, EvaluationResult Result);

/// <summary>Ranks and measures.</summary>
/// <param name="device">What computes the scores.</param>
/// <param name="metrics">What is measured.</param>
public sealed class Ranker(IDevice device, IReadOnlyList<Metric> metrics)
{
    private readonly Scorer _scorer = new(device);

    /// <summary>Scores and ranks the lists of a market.</summary>
    /// <exception cref="ArithmeticException">A score is not a number.</exception>
    /// <exception cref="DataFormatException">A list names a user or an item that the model has no row for.</exception>
    public RankedLists Rank(IRecommender model, PlacedMarket placed, IReadOnlyList<CandidateList> lists)
    {
        using OpenSpan span = TraceSpan.OfStage("evaluation");
        int total = lists.Sum(list => list.Items.Length);
        int[] users = new int[total], items = new int[total];
        int next = 0;
        foreach (CandidateList list in lists)
        {
            if (placed.UserRows[list.User] < 0)
                throw new DataFormatException($"{placed.Market.Name}: the model has no row for user {placed.Market.Users.Text(list.User)}");
            if (list.Items.FirstOrDefault(item => placed.ItemRows[item] < 0, -1) is >= 0 and int unknown)
                throw new DataFormatException($"{placed.Market.Name}: the model has no row for item {placed.Market.Items.Text(unknown)}");
            foreach (int item in list.Items)
                (users[next], items[next++]) = (placed.UserRows[list.User], placed.ItemRows[item]);
        }

        Real[] flat = new Real[total];
        _scorer.Score(model, users, items, flat, placed.Index);
        Real[][] scores = new Real[lists.Count][];
        next = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = flat.AsSpan(next, lists[i].Items.Length).ToArray();
            next += scores[i].Length;
        }

        return new RankedLists(placed.Market, lists, scores, Measure(placed.Market, lists, scores));
    }

    /// <summary>The candidates of a list from rank 1 on, as places in the list.</summary>
    /// <param name="scores">The candidates' scores.</param>
    /// <param name="items">The candidates.</param>
    /// <param name="idRanks">Each item's place in the order of ids (<see cref="IdTable.Ranks"/>).</param>
    public static int[] Order(ReadOnlySpan<Real> scores, ReadOnlySpan<int> items, ReadOnlySpan<int> idRanks)
    {
        (Real Score, int IdRank)[] keys = new (Real, int)[scores.Length];
        int[] order = new int[scores.Length];
        for (int i = 0; i < keys.Length; i++)
            (keys[i], order[i]) = ((scores[i], idRanks[items[i]]), i);
        Array.Sort(keys, order, RankOrder.Instance);
        return order;
    }

    private EvaluationResult Measure(Market market, IReadOnlyList<CandidateList> lists, Real[][] scores)
    {
        int[] idRanks = market.Items.Ranks();
        Dictionary<string, double[]> perUser = metrics.ToDictionary(metric => metric.Name, _ => new double[lists.Count]);
        for (int i = 0; i < lists.Count; i++)
        {
            CandidateList list = lists[i];
            if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<Real>(scores[i]))
                throw new ArithmeticException($"the model's scores for user {market.Users.Text(list.User)} of {market.Name} are not finite");
            int[] order = Order(scores[i], list.Items, idRanks);
            float[] relevances = [.. order.Select(place => list.Relevance[place])];
            float[] ideal = [.. list.Qrels.Select(judged => judged.Relevance).Where(relevance => relevance > 0).OrderDescending()];
            foreach (Metric metric in metrics)
                perUser[metric.Name][i] = metric.Of(relevances, ideal);
        }

        int judged = lists.Count(list => list.Qrels.Count > 0);
        return new EvaluationResult(judged, metrics.ToDictionary(m => m.Name, m => perUser[m.Name].Sum() / Math.Max(1, judged)), perUser);
    }

    private sealed class RankOrder : IComparer<(Real Score, int IdRank)>
    {
        public static RankOrder Instance { get; } = new();

        public int Compare((Real Score, int IdRank) x, (Real Score, int IdRank) y) =>
            x.Score != y.Score ? y.Score.CompareTo(x.Score) : y.IdRank.CompareTo(x.IdRank);
    }
}
