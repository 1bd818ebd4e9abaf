// Ranks held-out items among all items of the pool, block by block of users, so that memory never holds the scores of all users. A user's
// rank needs no sort: it is 1 + the number of candidates with a greater score, or with an equal score and a greater id (trec_eval's ties).

using System.Numerics.Tensors;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>Ranks among all items.</summary>
/// <param name="metrics">The metrics.</param>
/// <param name="together">The number of threads.</param>
/// <param name="keepScores">Whether the result keeps the scores.</param>
internal sealed class FullRanking(IReadOnlyList<Metric> metrics, ParallelOptions together, bool keepScores)
{
    private const int BlockUsers = 1024;
    private const int BlockScores = 1 << 20; // 4 MB

    private Real[] _scores = [];

    /// <inheritdoc cref="Ranker.Rank"/>
    public RankedLists Rank(IScorer scorer, PlacedMarket placed, AllCandidates lists)
    {
        Market market = placed.Market;
        int[] known = [.. Enumerable.Range(0, market.CandidatePoolSize).Where(item => placed.ItemRows[item] >= 0)];
        int[] rows = [.. known.Select(item => placed.ItemRows[item])], idRanks = market.Items.Ranks()[..market.CandidatePoolSize];
        int size = market.CandidatePoolSize, most = Math.Clamp(BlockScores / Math.Max(1, rows.Length), 1, BlockUsers);
        int[] ranks = new int[lists.Count], shown = new int[market.CandidatePoolSize], starts = new int[most], users = new int[most];
        Real[][] kept = keepScores ? new Real[lists.Count][] : [];
        int[][] tops = [.. Enumerable.Range(0, most).Select(_ => new int[RankedLists.Top])];
        for (int first = 0; first < lists.Count; first += most)
        {
            int block = first, count = Math.Min(most, lists.Count - first), knownUsers = 0;
            for (int i = 0; i < count; i++)
            {
                int row = placed.UserRows[lists.Row(first + i).User];
                starts[i] = row >= 0 ? knownUsers * rows.Length : -1;
                if (row >= 0)
                    users[knownUsers++] = row;
            }

            int total = knownUsers * rows.Length;
            if (_scores.Length < total)
                _scores = new Real[total];
            scorer.ScoreAll(users.AsSpan(0, knownUsers), rows, _scores.AsSpan(0, total));
            for (int i = 0; i < count; i++)
            {
                if (starts[i] >= 0 && !TensorPrimitives.IsFiniteAll<Real>(_scores.AsSpan(starts[i], rows.Length)))
                    throw Ranker.NotFinite(market, lists.Row(first + i).User);
            }

            Parallel.For(0, count, together, () => (Own: new Real[size], Best: new Real[RankedLists.Top]), (i, _, memory) =>
            {
                Span<Real> own = memory.Own;
                Spread(starts[i], known, scorer.UnknownItem, own);
                lists.Mask(block + i, own, Real.NegativeInfinity);
                ranks[block + i] = RankOf(lists.Row(block + i).Item, own, idRanks);
                TopK.Select(own, idRanks, tops[i], memory.Best);
                if (keepScores)
                    kept[block + i] = [.. memory.Own.Where(score => score > Real.NegativeInfinity)];
                return memory;
            }, _ => { });
            foreach (int item in tops.Take(count).SelectMany(top => top).Where(item => item >= 0))
                shown[item]++;
        }

        return new RankedLists(market, lists, kept, Measure(lists, ranks)) { Shown = shown };
    }

    // A user's scores of all items, as Ranker.Rank describes those of users and items without a row.
    private void Spread(int start, int[] known, Real unknown, Span<Real> own)
    {
        own.Fill(start < 0 ? 0 : unknown);
        for (int i = 0; start >= 0 && i < known.Length; i++)
            own[known[i]] = _scores[start + i];
    }

    private static int RankOf(int item, ReadOnlySpan<Real> scores, ReadOnlySpan<int> idRanks)
    {
        Real score = scores[item];
        int idRank = idRanks[item], rank = 1;
        for (int other = 0; other < scores.Length; other++)
            rank += scores[other] > score || (scores[other] == score && idRanks[other] > idRank) ? 1 : 0;
        return rank;
    }

    private EvaluationResult Measure(AllCandidates lists, int[] ranks)
    {
        double[][] perUser = [.. metrics.Select(_ => new double[lists.Count])];
        UserPlace[] places = new UserPlace[lists.Count];
        float[] relevances = new float[ranks.Length == 0 ? 0 : ranks.Max()];
        for (int i = 0; i < ranks.Length; i++)
        {
            (int user, int item, float relevance) = lists.Row(i);
            Span<float> byRank = relevances.AsSpan(0, ranks[i]);
            byRank[^1] = relevance;
            ReadOnlySpan<float> ideal = relevance > 0 ? [relevance] : [];
            for (int metric = 0; metric < perUser.Length; metric++)
                perUser[metric][i] = metrics[metric].Of(byRank, ideal);
            byRank[^1] = 0;
            places[i] = new UserPlace(user, item, relevance > 0 ? ranks[i] : 0, IsMeasured: true);
        }

        return EvaluationResult.Of(metrics, perUser, places);
    }
}
