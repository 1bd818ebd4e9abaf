// Scores items by the items of a user. A method only defines how a history scores items.

namespace ForecEngine.Recommenders.Fits;

/// <summary>Overwrites <paramref name="scores"/> with the score of each item for a user with a history.</summary>
/// <param name="history">The user's items.</param>
/// <param name="items">The items' rows.</param>
/// <param name="scores">The score of each item, with the same bits whatever the other items are.</param>
public delegate void HistoryScore(History history, ReadOnlySpan<int> items, Span<Real> scores);

/// <summary>A scorer by histories. A new user is scored like any other, by a history.</summary>
/// <param name="histories">The items of each user, by row.</param>
/// <param name="score">Computes the scores of a history.</param>
public sealed class HistoryScorer(UserHistories histories, HistoryScore score) : IScorer
{
    /// <summary>0, the score of an item without training rows.</summary>
    public Real UnknownItem => 0;

    /// <inheritdoc/>
    public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        if (scores.Length != (long)users.Length * items.Length)
            throw new ArgumentException($"{scores.Length} scores for {users.Length} users times {items.Length} items", nameof(scores));
        for (int user = 0; user < users.Length; user++)
            score(histories.Of(users[user]), items, scores.Slice(user * items.Length, items.Length));
    }

    /// <inheritdoc/>
    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) =>
        new HistoryScorer(UserHistories.Of(histories), score);
}
