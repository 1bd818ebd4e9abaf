// The items that lists are made of, and how a host selects the best of them: it scores a block of users on all items, then threads find the
// best items of each user with a heap.

using System.Numerics.Tensors;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A scored item.</summary>
/// <param name="Item">The index of the item among the listed items.</param>
/// <param name="Score">The score.</param>
public readonly record struct ScoredItem(int Item, Real Score);

/// <summary>The items that lists are made of, and the number of items of a list.</summary>
public sealed class ListedItems
{
    // At most 4 MB of scores, and not too many users if items are few: the new users of a block are fitted together.
    private const int MostScores = 1 << 20;
    private const int MostUsers = 1024;

    private readonly int[] _rows;
    private readonly int[] _idRanks;
    private readonly ParallelOptions _together;
    private Real[] _scores = [];

    /// <summary>Items to make lists of.</summary>
    /// <param name="rows">The rows of the items in the model.</param>
    /// <param name="idRanks">The ranks of the items in the order of ids (<see cref="IdTable.Ranks"/>).</param>
    /// <param name="most">The number of items of a list, at least 1.</param>
    /// <param name="threads">The number of threads of the host that find the best items.</param>
    /// <exception cref="ArgumentException">A list is to have no item, or the numbers of items and ranks differ.</exception>
    public ListedItems(int[] rows, int[] idRanks, int most, int threads)
    {
        if (most < 1)
            throw new ArgumentOutOfRangeException(nameof(most), most, "a list has at least 1 item");
        if (idRanks.Length != rows.Length)
            throw new ArgumentException($"there are {rows.Length} items and {idRanks.Length} ranks", nameof(idRanks));
        (_rows, _idRanks, Most) = (rows, idRanks, Math.Min(most, rows.Length));
        _together = new ParallelOptions { MaxDegreeOfParallelism = threads };
    }

    /// <summary>The rows of the items in the model.</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>The ranks of the items in the order of ids: of equal scores, that of the greater rank comes first.</summary>
    public ReadOnlySpan<int> IdRanks => _idRanks;

    /// <summary>The number of items of a list, at most that of all items.</summary>
    public int Most { get; }

    /// <summary>The number of users whose scores of all items are in memory at a time.</summary>
    internal static int UsersAtOnce(int items) => Math.Clamp(MostScores / Math.Max(1, items), 1, MostUsers);

    /// <summary>What <see cref="IScorer.Best"/> describes, from all scores in the host's memory.</summary>
    internal ScoredItem[]?[] BestOnHost(IScorer scorer, ReadOnlySpan<int> users, IReadOnlyList<IReadOnlyList<int>> leftOut)
    {
        int all = checked(users.Length * _rows.Length);
        if (_scores.Length < all)
            _scores = new Real[all];
        scorer.ScoreAll(users, _rows, _scores.AsSpan(0, all));
        ScoredItem[]?[] best = new ScoredItem[]?[users.Length];
        Parallel.For(0, users.Length, _together, () => (Items: new int[Most], Scores: new Real[Most]), (user, _, found) =>
        {
            Span<Real> scores = _scores.AsSpan(user * _rows.Length, _rows.Length);
            if (!TensorPrimitives.IsFiniteAll<Real>(scores))
                return found;
            foreach (int item in leftOut[user])
                scores[item] = Real.NegativeInfinity;
            int count = TopK.Select(scores, _idRanks, found.Items, found.Scores);
            best[user] = List(found.Items.AsSpan(0, count), found.Scores);
            return found;
        }, _ => { });
        return best;
    }

    /// <summary>Items with their scores.</summary>
    internal static ScoredItem[] List(ReadOnlySpan<int> items, ReadOnlySpan<Real> scores)
    {
        ScoredItem[] list = new ScoredItem[items.Length];
        for (int place = 0; place < list.Length; place++)
            list[place] = new ScoredItem(items[place], scores[place]);
        return list;
    }
}
