// The measures of a ranking, as trec_eval defines them.

using System.Globalization;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>What is measured.</summary>
public enum MetricKind
{
    /// <summary>
    /// trec_eval's ndcg_cut_k (Jarvelin and Kekalainen, TOIS 2002): the sum of relevance / log2(1 + rank) over ranks 1
    /// to k, divided by the same sum for the ideal ranking of all the user's judged items.
    /// </summary>
    Ndcg,

    /// <summary>trec_eval's recall_k: relevant items at ranks 1 to k, divided by all relevant ones. With one relevant item, the hit rate.</summary>
    HitRate,

    /// <summary>trec_eval's recip_rank: 1 / the rank of the first relevant item, 0 where there is none.</summary>
    ReciprocalRank,
}

/// <summary>A measure and its cut-off.</summary>
/// <param name="Kind">What is measured.</param>
/// <param name="CutOff">The last rank that counts; 0 where all do.</param>
public readonly record struct Metric(MetricKind Kind, int CutOff)
{
    /// <summary>nDCG@10, by which epochs and results are compared.</summary>
    public static Metric NdcgAt10 { get; } = new(MetricKind.Ndcg, 10);

    /// <summary>What is measured unless something else is asked for.</summary>
    public static IReadOnlyList<Metric> Default { get; } = [NdcgAt10, new(MetricKind.HitRate, 10), new(MetricKind.ReciprocalRank, 0)];

    /// <summary>The name: <c>ndcg@10</c>, <c>hr@5</c>, <c>mrr</c>.</summary>
    public string Name => Kind switch
    {
        MetricKind.Ndcg => $"ndcg@{CutOff}",
        MetricKind.HitRate => $"hr@{CutOff}",
        _ => "mrr",
    };

    /// <summary>Reads names separated by commas; nDCG@10 comes first in any case.</summary>
    /// <exception cref="FormatException">A name is not one of a metric.</exception>
    public static IReadOnlyList<Metric> ParseAll(string names) => [.. names.Split(',').Select(Parse).Prepend(NdcgAt10).Distinct()];

    /// <summary>The measure of one user's ranking.</summary>
    /// <param name="relevances">The relevance found at each rank, from rank 1, 0 where an item is not relevant.</param>
    /// <param name="ideal">The relevances of all the user's relevant items, falling.</param>
    public double Of(ReadOnlySpan<float> relevances, ReadOnlySpan<float> ideal)
    {
        ReadOnlySpan<float> top = CutOff > 0 && CutOff < relevances.Length ? relevances[..CutOff] : relevances;
        switch (Kind)
        {
            case MetricKind.Ndcg:
                double best = Gain(CutOff > 0 && CutOff < ideal.Length ? ideal[..CutOff] : ideal);
                return best > 0 ? Gain(top) / best : 0;
            case MetricKind.HitRate:
                int found = 0;
                foreach (float relevance in top)
                    found += relevance > 0 ? 1 : 0;
                return ideal.Length > 0 ? (double)found / ideal.Length : 0;
            default:
                int first = top.IndexOfAnyExceptInRange(float.NegativeInfinity, 0);
                return first >= 0 ? 1.0 / (first + 1) : 0;
        }
    }

    private static double Gain(ReadOnlySpan<float> relevances)
    {
        double gain = 0;
        for (int i = 0; i < relevances.Length; i++)
        {
            if (relevances[i] > 0)
                gain += relevances[i] / Discount.Divisor(i + 1);
        }

        return gain;
    }

    private static Metric Parse(string name)
    {
        string[] parts = name.Trim().ToLowerInvariant().Split('@');
        if (parts is ["mrr"])
            return new Metric(MetricKind.ReciprocalRank, 0);
        if (parts is ["ndcg" or "hr", _] && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int cutOff) && cutOff > 0)
            return new Metric(parts[0] == "ndcg" ? MetricKind.Ndcg : MetricKind.HitRate, cutOff);
        throw new FormatException($"'{name.Trim()}' is not a metric; metrics are ndcg@K, hr@K with K from 1, and mrr");
    }
}
