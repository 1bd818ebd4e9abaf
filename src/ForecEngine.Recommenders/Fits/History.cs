// The history of one user (UserHistories.cs).

namespace ForecEngine.Recommenders.Fits;

/// <summary>The items of a user.</summary>
/// <param name="items">The items' rows in the model, distinct.</param>
/// <param name="isTimed">Whether they are in the order of time, oldest first; otherwise they are ascending.</param>
public readonly ref struct History(ReadOnlySpan<int> items, bool isTimed)
{
    /// <summary>The items' rows in the model, distinct.</summary>
    public ReadOnlySpan<int> Items { get; } = items;

    /// <summary>Whether the items are in the order of time, oldest first; otherwise they are ascending.</summary>
    public bool IsTimed { get; } = isTimed;
}
