// A ranking by dot products in host memory (DotRanking), whose shapes have been checked, and the selection of a score for its list.

namespace ForecEngine.Kernels;

/// <summary>The pointers and extents of a ranking.</summary>
internal unsafe struct DotPointers
{
    public Real* Users, Items, Bias;
    public int* Ranks, LeftOutStarts, LeftOut, NonFinite, BestItems;
    public Real* BestScores;
    public int UserCount, ItemCount, Depth;

    /// <summary>The number of items of a list.</summary>
    public int Most;

    /// <summary>The list of a user, with some items already.</summary>
    public readonly TopK.Heap List(int user, int count) => new(
        new ReadOnlySpan<int>(Ranks, ItemCount), new Span<int>(BestItems + ((nint)user * Most), Most),
        new Span<Real>(BestScores + ((nint)user * Most), Most), count);

    /// <summary>Puts an item on a user's list if its score belongs there and the item is not left out; returns the list's length.</summary>
    public readonly int Offer(int user, int count, int item, Real score)
    {
        TopK.Heap list = List(user, count);
        if (list.Wants(item, score) && !IsLeftOut(user, item))
            list.Keep(item, score);
        return list.Count;
    }

    private readonly bool IsLeftOut(int user, int item) =>
        new ReadOnlySpan<int>(LeftOut + LeftOutStarts[user], LeftOutStarts[user + 1] - LeftOutStarts[user]).Contains(item);
}
