// A request for recommendation lists of a trained model.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Which users get lists, and which items the lists contain.</summary>
public sealed record ListRequest
{
    /// <summary>
    /// Users by id, in the order of their lists. If there are neither users nor new customers, every user of the rows gets a list.
    /// </summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>
    /// New customers, each given by the ids of their items. Their lists come last, under the names <c>items:1</c>, <c>items:2</c>, ...
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> NewCustomers { get; init; } = [];

    /// <summary>The number of items per list, at least 1.</summary>
    public int Most { get; init; } = 10;

    /// <summary>The items to recommend, by id; null for all items of the market.</summary>
    public IReadOnlyList<string>? OnlyItems { get; init; }

    /// <summary>Whether to recommend items that the user already has.</summary>
    public bool IncludeSeen { get; init; }
}
