// The candidates of leave-one-out evaluation: each held-out item among 99 sampled ones.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Data;

/// <summary>Which held-out rows are ranked.</summary>
public enum Split
{
    /// <summary>Validation: each user's last row but one.</summary>
    Valid,

    /// <summary>Test: each user's last row.</summary>
    Test,
}

/// <summary>Candidate lists, one a user.</summary>
public static class SampledCandidates
{
    /// <summary>Each held-out item among sampled items that the user has no row for, fixed by the seed.</summary>
    /// <param name="market">The market.</param>
    /// <param name="split">Which held-out rows.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="negatives">How many sampled items; fewer where the user has seen nearly everything.</param>
    public static IReadOnlyList<CandidateList> Draw(Market market, Split split, ulong seed, int negatives) => split == Split.Valid
        ? Draw(market, market.Valid, "valid", seed, negatives)
        : Draw(market, market.Test, "test", seed, negatives);

    /// <summary>The same of any rows, at most one a user, whose <paramref name="purpose"/> gives them their own draws.</summary>
    internal static IReadOnlyList<CandidateList> Draw(Market market, IReadOnlyList<HeldOutRow> rows, string purpose, ulong seed, int negatives)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"candidates/{market.Name}/{purpose}");
        return [.. rows.Select(row =>
        {
            int[] sampled = new int[negatives];
            int count = UnseenItems.Draw(market.Seen(row.User), market.PoolSize, draws, (ulong)row.User << 32, sampled);
            int[] items = [row.Item, .. sampled.AsSpan(0, count)];
            float[] relevance = new float[items.Length];
            relevance[0] = row.Relevance;
            return new CandidateList(row.User, items, relevance, [(market.Items.Text(row.Item), row.Relevance)]);
        })];
    }
}
