// Finds the best K of many scored items with a heap. The root is the worst item kept, so that most items cost one comparison. The order
// is that of trec_eval: score descending, then item id descending (strcmp).

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A scored item.</summary>
/// <param name="Item">The index of the item among the scores.</param>
/// <param name="Score">The score.</param>
public readonly record struct ScoredItem(int Item, Real Score);

/// <summary>Finds the best items.</summary>
/// <param name="most">The number of items, at least 1.</param>
/// <param name="idRanks">The rank of each item in the order of ids (<see cref="Data.IdTable.Ranks"/>).</param>
internal sealed class TopK(int most, int[] idRanks)
{
    private readonly ScoredItem[] _heap = new ScoredItem[most]; // a parent is worse than its children
    private int _count;

    /// <summary>Finds the best items for a user.</summary>
    /// <param name="scores">A score for each item; negative infinity for items that must not be recommended.</param>
    /// <returns>The items, best first. They are overwritten by the next call.</returns>
    public ReadOnlySpan<ScoredItem> Of(ReadOnlySpan<Real> scores)
    {
        _count = 0;
        int item = 0;
        for (; item < scores.Length && _count < _heap.Length; item++)
        {
            if (scores[item] > Real.NegativeInfinity)
                Add(new ScoredItem(item, scores[item]));
        }

        for (; item < scores.Length; item++)
        {
            if (scores[item] >= _heap[0].Score && IsWorse(_heap[0], new ScoredItem(item, scores[item])))
                ReplaceWorst(new ScoredItem(item, scores[item]));
        }

        return Sorted();
    }

    private bool IsWorse(ScoredItem a, ScoredItem b) => a.Score != b.Score ? a.Score < b.Score : idRanks[a.Item] < idRanks[b.Item];

    private void Add(ScoredItem item)
    {
        int place = _count++;
        while (place > 0 && IsWorse(item, _heap[(place - 1) / 2]))
        {
            _heap[place] = _heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _heap[place] = item;
    }

    private void ReplaceWorst(ScoredItem item)
    {
        int place = 0;
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= _count)
                break;
            if (child + 1 < _count && IsWorse(_heap[child + 1], _heap[child]))
                child++;
            if (!IsWorse(_heap[child], item))
                break;
            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = item;
    }

    // Repeatedly moves the worst item to the end of the heap.
    private ReadOnlySpan<ScoredItem> Sorted()
    {
        int all = _count;
        while (_count > 1)
        {
            ScoredItem worst = _heap[0];
            ScoredItem last = _heap[--_count];
            ReplaceWorst(last);
            _heap[_count] = worst;
        }

        return _heap.AsSpan(0, all);
    }
}
