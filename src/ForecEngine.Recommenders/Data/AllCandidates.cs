// The candidates of full ranking: each held-out item among all items of the market or, if the pool is larger, of all markets.

using System.Collections;

namespace ForecEngine.Recommenders.Data;

/// <summary>The items among which a held-out item is ranked.</summary>
public enum CandidatesFrom
{
    /// <summary>All items beside sampled ones, in two rankings. The sampled ones select the best epoch.</summary>
    Both,

    /// <summary>Sampled items that the user has no row for.</summary>
    Sampled,

    /// <summary>All items of the pool, without those in the training rows of the user and, for test, the validation rows.</summary>
    All,
}

/// <summary>The items of the pool from which candidates are taken.</summary>
public enum CandidatePool
{
    /// <summary>The items of the target market.</summary>
    Market,

    /// <summary>The items of the target and of all other markets of the run.</summary>
    AllMarkets,
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

    /// <summary>The held-out row of a list.</summary>
    public HeldOutRow Row(int index) => _rows[index];

    /// <summary>Overwrites the values of the market's items that are no candidates of a list.</summary>
    /// <param name="index">The list.</param>
    /// <param name="values">A value for each item of the market.</param>
    /// <param name="value">The value of the others.</param>
    public void Mask<T>(int index, Span<T> values, T value)
    {
        HeldOutRow row = _rows[index];
        T own = values[row.Item];
        foreach (int item in _market.Trained(row.User))
            values[item] = value;
        foreach (int item in _market.Withheld(row.User))
            values[item] = value;
        if (_before.TryGetValue(row.User, out int before))
            values[before] = value;
        values[row.Item] = own;
    }

    /// <inheritdoc/>
    public CandidateList this[int index]
    {
        get
        {
            HeldOutRow row = _rows[index];
            bool[] isCandidate = new bool[_market.CandidatePoolSize];
            isCandidate.AsSpan().Fill(true);
            Mask(index, isCandidate.AsSpan(), false);
            List<int> items = new(_market.CandidatePoolSize);
            for (int item = 0; item < isCandidate.Length; item++)
            {
                if (isCandidate[item])
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
