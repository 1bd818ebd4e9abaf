// The candidates of full ranking: each held-out item among all items of the market.

using System.Collections;

namespace ForecEngine.Recommenders.Data;

/// <summary>The items among which a held-out item is ranked.</summary>
public enum CandidatesFrom
{
    /// <summary>Sampled items that the user has no row for.</summary>
    Sampled,

    /// <summary>All items of the market, without those in the training rows of the user and, for test, the validation rows.</summary>
    All,
}

/// <summary>For each user, a list of all items that could be recommended. Lists are created when requested.</summary>
internal sealed class AllCandidates : IReadOnlyList<CandidateList>
{
    private readonly Market _market;
    private readonly IReadOnlyList<HeldOutRow> _rows;
    private readonly Dictionary<int, int> _before;

    /// <summary>The candidates of a market's held-out rows.</summary>
    public AllCandidates(Market market, Split split)
        : this(market, market.HeldOut(split), split == Split.Valid ? [] : market.Valid.ToDictionary(row => row.User, row => row.Item))
    {
    }

    private AllCandidates(Market market, IReadOnlyList<HeldOutRow> rows, Dictionary<int, int> before) =>
        (_market, _rows, _before) = (market, rows, before);

    /// <inheritdoc/>
    public int Count => _rows.Count;

    /// <inheritdoc/>
    public CandidateList this[int index]
    {
        get
        {
            HeldOutRow row = _rows[index];
            ReadOnlySpan<int> trained = _market.Trained(row.User);
            int before = _before.GetValueOrDefault(row.User, -1), next = 0;
            List<int> items = new(_market.PoolSize);
            for (int item = 0; item < _market.PoolSize; item++)
            {
                bool isTrained = next < trained.Length && trained[next] == item;
                next += isTrained ? 1 : 0;
                if (item == row.Item || !(isTrained || item == before))
                    items.Add(item);
            }

            float[] relevance = new float[items.Count];
            relevance[items.BinarySearch(row.Item)] = row.Relevance;
            return new CandidateList(row.User, [.. items], relevance, [(_market.Items.Text(row.Item), row.Relevance)]);
        }
    }

    /// <summary>The lists of some of the users.</summary>
    public AllCandidates Where(Func<int, bool> user) => new(_market, [.. _rows.Where(row => user(row.User))], _before);

    /// <inheritdoc/>
    public IEnumerator<CandidateList> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
