// Finds the best K of many scores with a heap. The root is the worst score kept, so that most scores cost one comparison. The order is that
// of trec_eval: score descending, then rank descending, where ranks are the places of the items in the order of their ids (strcmp).

namespace ForecEngine.Kernels.Ops;

/// <summary>The body of the selection, one row of scores at a time.</summary>
public static class TopK
{
    /// <summary>Overwrites the places of the best scores, and these scores, best first.</summary>
    /// <param name="scores">The scores; NaN and negative infinity are never among the best.</param>
    /// <param name="ranks">The rank of each place, which decides between equal scores; no two are equal.</param>
    /// <param name="items">The places; -1 where too few scores remain.</param>
    /// <param name="best">Their scores; negative infinity where too few remain. As long as <paramref name="items"/>.</param>
    /// <returns>The number of places found.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int Select(ReadOnlySpan<Real> scores, ReadOnlySpan<int> ranks, Span<int> items, Span<Real> best)
    {
        if (ranks.Length != scores.Length || items.Length != best.Length)
        {
            throw new ArgumentException(
                $"{scores.Length} scores, {ranks.Length} ranks, {items.Length} places and {best.Length} best scores do not fit");
        }

        Heap heap = new(ranks, items, best);
        int item = 0;
        for (; item < scores.Length && heap.Count < items.Length; item++)
        {
            if (scores[item] > Real.NegativeInfinity)
                heap.Add(item, scores[item]);
        }

        for (; item < scores.Length && !items.IsEmpty; item++)
        {
            if (scores[item] >= best[0] && heap.IsWorse(items[0], best[0], item, scores[item]))
                heap.ReplaceWorst(item, scores[item]);
        }

        return heap.Finish();
    }

    /// <summary>The best so far, in the memory of the result. A parent is worse than its children.</summary>
    internal ref struct Heap(ReadOnlySpan<int> ranks, Span<int> items, Span<Real> scores, int count = 0)
    {
        private readonly ReadOnlySpan<int> _ranks = ranks;
        private readonly Span<int> _items = items;
        private readonly Span<Real> _scores = scores;

        public int Count { get; private set; } = count;

        /// <summary>Whether a score would be kept; those that are never among the best would not.</summary>
        public readonly bool Wants(int item, Real score) => score > Real.NegativeInfinity && !_items.IsEmpty
            && (Count < _items.Length || IsWorse(_items[0], _scores[0], item, score));

        /// <summary>Keeps a score instead of the worst, or beside the others if there is room.</summary>
        public void Keep(int item, Real score)
        {
            if (Count < _items.Length)
                Add(item, score);
            else
                ReplaceWorst(item, score);
        }

        /// <summary>Sorts the best, and fills the places of missing ones; returns the number found.</summary>
        public int Finish()
        {
            int found = Count;
            Sort();
            _items[found..].Fill(-1);
            _scores[found..].Fill(Real.NegativeInfinity);
            return found;
        }

        public readonly bool IsWorse(int a, Real scoreOfA, int b, Real scoreOfB) =>
            scoreOfA != scoreOfB ? scoreOfA < scoreOfB : _ranks[a] < _ranks[b];

        public void Add(int item, Real score)
        {
            int place = Count++;
            while (place > 0 && IsWorse(item, score, _items[(place - 1) / 2], _scores[(place - 1) / 2]))
            {
                Move((place - 1) / 2, place);
                place = (place - 1) / 2;
            }

            (_items[place], _scores[place]) = (item, score);
        }

        public readonly void ReplaceWorst(int item, Real score)
        {
            int place = 0;
            while (true)
            {
                int child = (2 * place) + 1;
                if (child >= Count)
                    break;
                if (child + 1 < Count && IsWorse(_items[child + 1], _scores[child + 1], _items[child], _scores[child]))
                    child++;
                if (!IsWorse(_items[child], _scores[child], item, score))
                    break;
                Move(child, place);
                place = child;
            }

            (_items[place], _scores[place]) = (item, score);
        }

        // Repeatedly moves the worst item to the end.
        private void Sort()
        {
            while (Count > 1)
            {
                (int item, Real score) = (_items[0], _scores[0]);
                Count--;
                ReplaceWorst(_items[Count], _scores[Count]);
                (_items[Count], _scores[Count]) = (item, score);
            }
        }

        private readonly void Move(int from, int to) => (_items[to], _scores[to]) = (_items[from], _scores[from]);
    }
}
