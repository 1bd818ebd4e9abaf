// Makes lists of the best items for many users: scores a block of users on all items, then finds the best items of each. Memory holds
// one block of scores, for any number of users.

using System.Numerics.Tensors;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A user who gets a list.</summary>
/// <param name="Name">The name of the user in the list.</param>
/// <param name="Row">The user's row in the model, or -1 for a new user.</param>
/// <param name="History">The items of a new user; null for a user with a row.</param>
/// <param name="LeftOut">The indices, among the scored items, of those that must not be recommended.</param>
public sealed record ListedUser(string Name, int Row, ItemHistory? History, IReadOnlyList<int> LeftOut);

/// <summary>The list of a user.</summary>
/// <param name="User">The name of the user.</param>
/// <param name="Items">The best items, best first; fewer than requested if few can be recommended.</param>
public sealed record TopList(string User, IReadOnlyList<ScoredItem> Items);

/// <summary>Makes lists.</summary>
/// <param name="scorer">The scorer.</param>
/// <param name="items">The rows of the items in the model.</param>
/// <param name="idRanks">The ranks of the items in the order of ids.</param>
/// <param name="most">The number of items of a list, at least 1.</param>
/// <param name="threads">The number of threads that find the best items.</param>
/// <exception cref="ArgumentException">A list is to have no item, or the numbers of items and ranks differ.</exception>
public sealed class TopLists(IScorer scorer, int[] items, int[] idRanks, int most, int threads)
{
    // At most 4 MB of scores, and not too many users if items are few: the new users of a block are fitted together.
    private const int MostScores = 1 << 20;
    private const int MostUsers = 1024;

    private readonly int _most = most >= 1 ? most : throw new ArgumentOutOfRangeException(nameof(most), most, "a list has at least 1 item");
    private readonly int[] _idRanks = idRanks.Length == items.Length
        ? idRanks
        : throw new ArgumentException($"there are {items.Length} items and {idRanks.Length} ranks", nameof(idRanks));

    private readonly ParallelOptions _together = new() { MaxDegreeOfParallelism = threads };
    private readonly int _users = Math.Clamp(MostScores / Math.Max(1, items.Length), 1, MostUsers);
    private Real[] _scores = [];

    /// <summary>The lists of some users, in their order, computed block by block when requested.</summary>
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

        // Users with a row first, then new ones.
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
        Parallel.For(0, users.Length, _together, () => new TopK(Math.Min(_most, items.Length), _idRanks), (place, _, best) =>
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
