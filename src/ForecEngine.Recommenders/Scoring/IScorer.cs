// A fitted model's interface for scoring, whatever the model and however it was fitted: scores of pairs, scores of all
// items for some users, and scores for users that it was not fitted to. Higher is better; scores of one user can be
// compared with each other, those of different users or scorers cannot. A user or an item is named by its row in the model.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A fitted model of one market as its users see it.</summary>
public interface IScorer
{
    /// <summary>Overwrites <paramref name="scores"/> with the score of each pair.</summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="scores">A score for each pair.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores);

    /// <summary>
    /// Overwrites <paramref name="scores"/> with the scores of the same items for each of some users, user by user: the same
    /// bits as <see cref="Score"/> gives the pairs.
    /// </summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="scores">As many as users times items.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores);

    /// <summary>
    /// A scorer for new users, who are known by their items alone: user 0 has the first history, and so on. What a user is given
    /// depends on the user's own history, not on the others' or on their number.
    /// </summary>
    /// <param name="histories">What each has; no history is empty.</param>
    IScorer FoldIn(IReadOnlyList<ItemHistory> histories);
}

/// <summary>The items that a user has, by their rows in the model.</summary>
public sealed class ItemHistory
{
    /// <summary>A history. The order of the items, and how often each is named, do not matter.</summary>
    /// <param name="positives">Items that the user chose.</param>
    /// <param name="negatives">Items that the user has but did not like; one that is among the positives too counts as a positive.</param>
    public ItemHistory(IEnumerable<int> positives, IEnumerable<int> negatives)
    {
        Positives = [.. positives.Distinct().Order()];
        Negatives = [.. negatives.Except(Positives).Order()];
    }

    /// <summary>Items that the user chose: ascending, distinct.</summary>
    public IReadOnlyList<int> Positives { get; }

    /// <summary>Items that the user has but did not like: ascending, distinct, none of the positives.</summary>
    public IReadOnlyList<int> Negatives { get; }

    /// <summary>Whether the user has nothing.</summary>
    public bool IsEmpty => Positives.Count + Negatives.Count == 0;
}
