// The candidates of leave-one-out evaluation: each held-out item among 99 sampled ones.

using System.Collections;

namespace ForecEngine.Recommenders.Data;

/// <summary>The held-out rows to rank.</summary>
public enum Split
{
    /// <summary>Validation.</summary>
    Valid,

    /// <summary>Test.</summary>
    Test,
}

/// <summary>Candidate lists with sampled items, one per user.</summary>
public static class SampledCandidates
{
    /// <summary>The default number of sampled items.</summary>
    public const int DefaultNegatives = 99;

    /// <summary>
    /// The lists that were given for the split (<see cref="Market.GivenCandidates"/>); otherwise a list for each held-out row, of its item
    /// and sampled items that the user has no row for. The seed determines the samples. A list is drawn when it is requested and not
    /// stored, because the lists of millions of users would take gigabytes.
    /// </summary>
    /// <param name="market">The market.</param>
    /// <param name="split">The split of the held-out rows.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="negatives">The number of sampled items; fewer if the user has nearly all items.</param>
    /// <exception cref="DataFormatException">Every user has every item, so that there is nothing to rank a held-out item among.</exception>
    public static IReadOnlyList<CandidateList> Draw(Market market, Split split, ulong seed, int negatives)
    {
        if (market.GivenCandidates(split) is { } given)
            return given;
        IReadOnlyList<HeldOutRow> rows = market.HeldOut(split);
        if (rows.Count > 0 && rows.All(row => UnseenItems.Count(market.Seen(row.User), market.CandidatePoolSize, negatives) == 0))
            throw new DataFormatException(
                $"{market.Name}: every user has every item, so there is nothing to rank the held-out items among");
        return Draw(market, rows, split == Split.Valid ? "valid" : "test", seed, negatives);
    }

    /// <summary>The same for any rows, at most one per user.</summary>
    /// <param name="market">The market.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="purpose">The name of the draws. Lists with other names have independent draws.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="negatives">The number of sampled items; fewer if the user has nearly all items.</param>
    public static IReadOnlyList<CandidateList> Draw(
        Market market, IReadOnlyList<HeldOutRow> rows, string purpose, ulong seed, int negatives) =>
        new Lists(market, rows, Draws(market, purpose, seed), negatives, NegativesExclude.All, market.CandidatePoolSize);

    /// <summary>
    /// Candidates for support sets: each validation item among sampled items. Test items may be sampled unless all rows of a user are
    /// excluded; in that case the draws are those of validation. Items of other markets are never sampled: a model adapts to the market.
    /// </summary>
    internal static IReadOnlyList<CandidateList> ForShots(Market market, ulong seed, int negatives, NegativesExclude exclude)
    {
        RandomSequence draws = Draws(market, exclude == NegativesExclude.All ? "valid" : "shots", seed);
        return new Lists(market, market.Valid, draws, negatives, exclude, market.PoolSize);
    }

    private static RandomSequence Draws(Market market, string purpose, ulong seed) =>
        RandomSequence.Named(seed, $"candidates/{market.Name}/{purpose}");

    // Items are drawn from the first `pool` ones of the market.
    private sealed class Lists(
        Market market, IReadOnlyList<HeldOutRow> rows, RandomSequence draws, int negatives, NegativesExclude exclude, int pool)
        : IReadOnlyList<CandidateList>
    {
        public int Count => rows.Count;

        public CandidateList this[int index]
        {
            get
            {
                HeldOutRow row = rows[index];
                ReadOnlySpan<int> seen = exclude == NegativesExclude.All ? market.Seen(row.User) : With(market.Trained(row.User), row.Item);
                int[] items = new int[1 + UnseenItems.Count(seen, pool, negatives)];
                items[0] = row.Item;
                UnseenItems.Draw(seen, pool, draws, row.User, rows: 1, items.AsSpan(1));
                float[] relevance = new float[items.Length];
                relevance[0] = row.Relevance;
                return new CandidateList(row.User, items, relevance, [(market.Items.Text(row.Item), row.Relevance)]);
            }
        }

        public IEnumerator<CandidateList> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        // Ascending and distinct, as the items are.
        private static int[] With(ReadOnlySpan<int> items, int item) => items.BinarySearch(item) is < 0 and int place
            ? [.. items[..~place], item, .. items[~place..]]
            : items.ToArray();
    }
}
