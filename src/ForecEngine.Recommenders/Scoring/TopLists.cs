// Makes lists of the best items for many users, block by block: memory holds the scores of one block, for any number of users.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A user who gets a list.</summary>
/// <param name="Name">The name of the user in the list.</param>
/// <param name="Row">The user's row in the model, or -1 for a new user.</param>
/// <param name="History">The items of a new user, or of one whose history has grown; null for a user as trained.</param>
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
    private readonly ListedItems _listed = new(items, idRanks, most, threads);
    private readonly int _users = scorer.UsersAtOnce(items.Length);

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

        // Users with a row first, then new ones.
        ListedUser[] known = [.. users.Where(user => user.History is null)], others = [.. users.Where(user => user.History is not null)];
        Queue<ScoredItem[]?> best = new(scorer.Best([.. known.Select(user => user.Row)], _listed, LeftOut(known)));
        Queue<ScoredItem[]?> bestOfOthers = new(others.Length == 0 ? [] : scorer.FoldIn([.. others.Select(user => user.History!)])
            .Best([.. Enumerable.Range(0, others.Length)], _listed, LeftOut(others)));
        return [.. users.Select(user => new TopList(user.Name, (user.History is null ? best : bestOfOthers).Dequeue()
            ?? throw new ArithmeticException($"the model's scores for user {user.Name} are not finite")))];
    }

    private static IReadOnlyList<int>[] LeftOut(ListedUser[] users) => [.. users.Select(user => user.LeftOut)];
}
