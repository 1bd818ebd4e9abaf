// Ranks candidates with a scorer in the order of trec_eval: score descending, then item id descending.

using System.Numerics.Tensors;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>Ranks candidates and computes metrics.</summary>
/// <param name="metrics">The metrics.</param>
/// <param name="threads">The number of threads.</param>
/// <param name="keepScores">Whether the result keeps the scores; those of millions of users take gigabytes.</param>
public sealed class Ranker(IReadOnlyList<Metric> metrics, int threads, bool keepScores = true)
{
    // The number of lists in memory at the same time.
    private const int BlockLists = 1024;

    private readonly ParallelOptions _together = new() { MaxDegreeOfParallelism = threads };
    private int[] _users = [];
    private int[] _items = [];
    private Real[] _scores = [];
    private float[] _relevances = [];

    /// <summary>
    /// Scores and ranks the lists of a market. Items without a row in the model score <see cref="IScorer.UnknownItem"/>; all items of a
    /// user without a row score 0.
    /// </summary>
    /// <exception cref="ArithmeticException">A score is not a number.</exception>
    public RankedLists Rank(IScorer scorer, PlacedMarket placed, IReadOnlyList<CandidateList> lists)
    {
        using OpenSpan span = TraceSpan.OfStage("evaluation");
        if (lists is AllCandidates all)
            return new FullRanking(metrics, _together, keepScores).Rank(scorer, placed, all);
        int[] idRanks = placed.Market.Items.Ranks();
        UserPlace[] places = new UserPlace[lists.Count];
        double[][] perUser = [.. metrics.Select(_ => new double[lists.Count])];
        Real[][] kept = keepScores ? new Real[lists.Count][] : [];
        CandidateList[] block = new CandidateList[Math.Min(BlockLists, lists.Count)];
        for (int first = 0; first < lists.Count; first += BlockLists)
        {
            int start = first, count = Math.Min(BlockLists, lists.Count - first);
            Parallel.For(0, count, _together, i => block[i] = lists[start + i]); // indexing may draw the candidates of a list
            Score(scorer, placed, block.AsSpan(0, count));
            int next = 0;
            for (int i = 0; i < count; i++)
            {
                CandidateList list = block[i];
                ReadOnlySpan<Real> scores = _scores.AsSpan(next, list.Items.Length);
                next += list.Items.Length;
                if (!TensorPrimitives.IsFiniteAll<Real>(scores))
                    throw NotFinite(placed.Market, list.User);
                if (keepScores)
                    kept[first + i] = scores.ToArray();
                ReadOnlySpan<float> relevances = ByRank(placed.Market, list, scores, idRanks, out places[first + i]);
                float[] ideal = [.. list.Qrels.Select(judged => judged.Relevance).Where(relevance => relevance > 0).OrderDescending()];
                for (int metric = 0; metric < metrics.Count; metric++)
                    perUser[metric][first + i] = metrics[metric].Of(relevances, ideal);
            }
        }

        return new RankedLists(placed.Market, lists, kept, EvaluationResult.Of(metrics, perUser, places));
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

    /// <summary>The error for a score that is not finite.</summary>
    internal static ArithmeticException NotFinite(Market market, int user) =>
        new($"the model's scores for user {market.Users.Text(user)} of {market.Name} are not finite");

    // Writes the scores of the lists' candidates to _scores, one list after another.
    private void Score(IScorer scorer, PlacedMarket placed, ReadOnlySpan<CandidateList> lists)
    {
        int total = 0;
        foreach (CandidateList list in lists)
            total += list.Items.Length;
        if (_users.Length < total)
            (_users, _items) = (new int[total], new int[total]);
        if (_scores.Length < total)
            _scores = new Real[total];
        int known = 0;
        foreach (CandidateList list in lists)
        {
            int user = placed.UserRows[list.User];
            foreach (int item in list.Items)
            {
                (_users[known], _items[known]) = (user, placed.ItemRows[item]);
                known += user >= 0 && placed.ItemRows[item] >= 0 ? 1 : 0;
            }
        }

        scorer.Score(_users.AsSpan(0, known), _items.AsSpan(0, known), _scores.AsSpan(0, known));
        if (known < total)
            Spread(placed, lists, known, total, scorer.UnknownItem);
    }

    // The known pairs' scores are at the front. Moves each to its pair's place, from the last on, and fills in those of unknown pairs.
    private void Spread(PlacedMarket placed, ReadOnlySpan<CandidateList> lists, int known, int total, Real unknown)
    {
        for (int place = total, list = lists.Length - 1; list >= 0; list--)
        {
            int user = placed.UserRows[lists[list].User];
            for (int i = lists[list].Items.Length - 1; i >= 0; i--)
            {
                bool isKnown = placed.ItemRows[lists[list].Items[i]] >= 0;
                _scores[--place] = user < 0 ? 0 : isKnown ? _scores[--known] : unknown;
            }
        }
    }

    // The relevance at each rank. Few candidates are relevant, and counting those before each of them costs less than sorting.
    private ReadOnlySpan<float> ByRank(
        Market market, CandidateList list, ReadOnlySpan<Real> scores, int[] idRanks, out UserPlace first)
    {
        int item = list.Qrels.Count > 0 && market.Items.TryFind(list.Qrels[0].Item, out int judged) ? judged : -1;
        first = new UserPlace(list.User, item, Rank: 0, IsMeasured: list.Qrels.Count > 0);
        if (_relevances.Length < scores.Length)
            _relevances = new float[scores.Length];
        Span<float> relevances = _relevances.AsSpan(0, scores.Length);
        relevances.Clear();
        for (int place = 0; place < scores.Length; place++)
        {
            if (list.Relevance[place] == 0)
                continue;
            int before = 0, idRank = idRanks[list.Items[place]];
            for (int other = 0; other < scores.Length; other++)
                before += scores[other] > scores[place] || (scores[other] == scores[place] && idRanks[list.Items[other]] > idRank) ? 1 : 0;
            relevances[before] = list.Relevance[place];
            if (list.Relevance[place] > 0 && (first.Rank == 0 || before + 1 < first.Rank))
                first = first with { Item = list.Items[place], Rank = before + 1 };
        }

        return relevances;
    }

    private sealed class RankOrder : IComparer<(Real Score, int IdRank)>
    {
        public static RankOrder Instance { get; } = new();

        public int Compare((Real Score, int IdRank) x, (Real Score, int IdRank) y) =>
            x.Score != y.Score ? y.Score.CompareTo(x.Score) : y.IdRank.CompareTo(x.IdRank);
    }
}
