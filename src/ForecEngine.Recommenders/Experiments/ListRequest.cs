// Which lists are wanted of a trained model.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Which users get lists, and what the lists hold.</summary>
public sealed record ListRequest
{
    /// <summary>
    /// Users by id, in the order of their lists. Where nobody is named and there is no new customer, it is every user of the rows, in their
    /// order.
    /// </summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>
    /// New customers, each the ids of what they have. Their lists come last and call them <c>items:1</c>, <c>items:2</c>, ...
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> NewCustomers { get; init; } = [];

    /// <summary>How many items a list has, from 1.</summary>
    public int Most { get; init; } = 10;

    /// <summary>The only items to recommend, by id; null for all items of the market.</summary>
    public IReadOnlyList<string>? OnlyItems { get; init; }

    /// <summary>Whether items that the user has are recommended too.</summary>
    public bool IncludeSeen { get; init; }
}
