// Lists of the best items for many users: a block of users is scored on all items at once, and each user's best are picked
// from the block. Nothing but a block of scores is in memory, however many users there are.

using System.Numerics.Tensors;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A user who is to have a list.</summary>
/// <param name="Name">What the list calls the user.</param>
/// <param name="Row">The user's row in the model, or -1 for a new user.</param>
/// <param name="History">What a new user has, by rows of the model; null for a user with a row.</param>
/// <param name="LeftOut">The places, among the items that are scored, of those not to recommend.</param>
public sealed record ListedUser(string Name, int Row, ItemHistory? History, IReadOnlyList<int> LeftOut);

/// <summary>A user's list.</summary>
/// <param name="User">What the list calls the user.</param>
/// <param name="Items">The best items, the best first; fewer than asked where few are left.</param>
public sealed record TopList(string User, IReadOnlyList<ScoredItem> Items);

/// <summary>Makes lists.</summary>
/// <param name="scorer">What scores.</param>
/// <param name="items">The items' rows in the model.</param>
/// <param name="idRanks">The items' places in the order of their ids.</param>
/// <param name="most">How many items a list has, from 1.</param>
/// <param name="threads">How many threads pick.</param>
public sealed class TopLists(IScorer scorer, int[] items, int[] idRanks, int most, int threads)
{
    // 4 MB of scores. Few items would make large blocks, whose new users are fitted together.
    private const int MostScores = 1 << 20;
    private const int MostUsers = 1024;

    private readonly ParallelOptions _together = new() { MaxDegreeOfParallelism = threads };
    private readonly int _users = Math.Clamp(MostScores / Math.Max(1, items.Length), 1, MostUsers);
    private Real[] _scores = [];

    /// <summary>The lists of some users, in their order, block by block as they are asked for.</summary>
    /// <param name="users">The users.</param>
    /// <exception cref="ArithmeticException">A score is not finite; the message names the user.</exception>
    public IEnumerable<TopList> Make(IEnumerable<ListedUser> users)
    {
        foreach (ListedUser[] block in users.Chunk(_users))
        {
            foreach (TopList list in Make(block))
                yield return list;
        }
    }

    private TopList[] Make(ListedUser[] users)
    {
        using OpenSpan span = TraceSpan.OfStage("recommending");
        if (_scores.Length < users.Length * items.Length)
            _scores = new Real[users.Length * items.Length];

        // Those who have a row, then the others.
        int[] order = [.. Enumerable.Range(0, users.Length).OrderBy(user => users[user].History is null ? 0 : 1)];
        int known = users.Count(user => user.History is null);
        scorer.ScoreAll([.. order.Take(known).Select(user => users[user].Row)], items, _scores.AsSpan(0, known * items.Length));
        if (known < users.Length)
        {
            IScorer folded = scorer.FoldIn([.. order.Skip(known).Select(user => users[user].History!)]);
            int others = users.Length - known;
            folded.ScoreAll([.. Enumerable.Range(0, others)], items, _scores.AsSpan(known * items.Length, others * items.Length));
        }

        TopList?[] lists = new TopList?[users.Length];
        Parallel.For(0, users.Length, _together, () => new TopK(Math.Min(most, items.Length), idRanks), (place, _, best) =>
        {
            ListedUser user = users[order[place]];
            Span<Real> scores = _scores.AsSpan(place * items.Length, items.Length);
            if (TensorPrimitives.IsFiniteAll<Real>(scores))
                lists[order[place]] = new TopList(user.Name, Best(best, scores, user.LeftOut));
            return best;
        }, _ => { });
        return Array.IndexOf(lists, null) is >= 0 and int user
            ? throw new ArithmeticException($"the model's scores for user {users[user].Name} are not finite")
            : [.. lists.OfType<TopList>()];
    }

    private static ScoredItem[] Best(TopK best, Span<Real> scores, IReadOnlyList<int> leftOut)
    {
        foreach (int item in leftOut)
            scores[item] = Real.NegativeInfinity;
        return best.Of(scores).ToArray();
    }
}
