// The interface for scoring with any fitted model: scores of pairs, scores of all items for some users, their best items, and new users.
// Higher is better. Scores of one user can be compared with each other; those of different users or scorers cannot. Users and items
// are given by their rows in the model.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>Scores users and items of one market with a fitted model.</summary>
public interface IScorer
{
    /// <summary>
    /// The score of an item that the model has no row for. Some models give all items without training rows one score, and an item without
    /// a row has it too; a different score would show which candidates have rows, and so which are held out. In other models, and by
    /// default, the item is below all others. Lists never have such an item.
    /// </summary>
    Real UnknownItem => Last;

    /// <summary>The score of items that come last.</summary>
    internal const Real Last = -float.MaxValue;

    /// <summary>
    /// Overwrites <paramref name="scores"/> with the score of each pair. By default, the items of consecutive pairs of a user are scored
    /// together by <see cref="ScoreAll"/>.
    /// </summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="scores">A score for each pair.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        if (users.Length != items.Length || items.Length != scores.Length)
        {
            throw new ArgumentException(
                $"{users.Length} users, {items.Length} items and {scores.Length} scores; expects equal numbers", nameof(scores));
        }

        for (int first = 0, end = 0; first < users.Length; first = end)
        {
            while (end < users.Length && users[end] == users[first])
                end++;
            ScoreAll(users[first..(first + 1)], items[first..end], scores[first..end]);
        }
    }

    /// <summary>
    /// Overwrites <paramref name="scores"/> with the scores of the same items for each of some users, user by user, with the same bits
    /// as <see cref="Score"/> for the pairs.
    /// </summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="scores">As many as users times items.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores);

    /// <summary>
    /// The best items of each user: the scores of <see cref="ScoreAll"/>, in the order of <see cref="Kernels.Ops.TopK"/>. A scorer that
    /// computes in a device's memory can select the items there.
    /// </summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="listed">The items, and the number of them in a list.</param>
    /// <param name="leftOut">For each user, the indices of listed items that must not be recommended.</param>
    /// <returns>For each user, the best items, best first; null if a score of the user is not finite.</returns>
    ScoredItem[]?[] Best(ReadOnlySpan<int> users, ListedItems listed, IReadOnlyList<IReadOnlyList<int>> leftOut) =>
        listed.BestOnHost(this, users, leftOut);

    /// <summary>The number of users that <see cref="Best"/> is asked for at a time: as many as have 4 MB of scores.</summary>
    /// <param name="items">The number of listed items.</param>
    int UsersAtOnce(int items) => ListedItems.UsersAtOnce(items);

    /// <summary>
    /// A scorer for new users, given by their items: user 0 has the first history, and so on. The scores of a user depend on the history
    /// of that user alone.
    /// </summary>
    /// <param name="histories">The history of each user; none may be empty.</param>
    IScorer FoldIn(IReadOnlyList<ItemHistory> histories);
}

/// <summary>The items that a user has, by their rows in the model.</summary>
public sealed class ItemHistory
{
    /// <summary>Creates a history. The order of items has an effect only if it is that of time.</summary>
    /// <param name="positives">Items that the user chose. Of a repeated item, the last occurrence counts.</param>
    /// <param name="negatives">Items that the user has but did not like. Items in both lists count as positives.</param>
    /// <param name="isTimed">Whether the positives are in the order of time, oldest first.</param>
    public ItemHistory(IEnumerable<int> positives, IEnumerable<int> negatives, bool isTimed = false)
    {
        (InOrder, IsTimed) = (Ordered([.. positives], isTimed), isTimed);
        Positives = isTimed ? [.. InOrder.Order()] : InOrder;
        Negatives = [.. negatives.Except(Positives).Order()];
    }

    /// <summary>The distinct items that the user chose: oldest first if <see cref="IsTimed"/>, otherwise ascending.</summary>
    public IReadOnlyList<int> InOrder { get; }

    /// <summary>Whether <see cref="InOrder"/> is the order of time.</summary>
    public bool IsTimed { get; }

    /// <summary>Items that the user chose, ascending and distinct.</summary>
    public IReadOnlyList<int> Positives { get; }

    /// <summary>Items that the user has but did not like, ascending and distinct, without the positives.</summary>
    public IReadOnlyList<int> Negatives { get; }

    /// <summary>
    /// The row of a trained user whose history has grown; null for a new user. Vectors are then fitted from those of this user.
    /// </summary>
    public int? TrainedUser { get; init; }

    /// <summary>Whether the user has no items.</summary>
    public bool IsEmpty => Positives.Count + Negatives.Count == 0;

    /// <summary>Distinct items: by their last occurrences if they are in the order of time, otherwise ascending.</summary>
    internal static IReadOnlyList<int> Ordered(IReadOnlyList<int> items, bool isTimed) =>
        isTimed ? [.. items.Reverse().Distinct().Reverse()] : [.. items.Distinct().Order()];
}
