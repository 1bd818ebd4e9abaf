// The metrics of a ranking, as trec_eval defines them.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>The kind of a metric.</summary>
public enum MetricKind
{
    /// <summary>
    /// trec_eval's ndcg_cut_k (Jarvelin and Kekalainen, TOIS 2002): the sum of relevance / log2(1 + rank) over ranks 1
    /// to k, divided by the same sum for the ideal ranking of all the user's judged items.
    /// </summary>
    Ndcg,

    /// <summary>trec_eval's success_k: 1 if a relevant item is at ranks 1 to k, otherwise 0.</summary>
    HitRate,

    /// <summary>trec_eval's recall_k: relevant items at ranks 1 to k, divided by all relevant ones.</summary>
    Recall,

    /// <summary>trec_eval's P_k: relevant items at ranks 1 to k, divided by k, however many candidates there are.</summary>
    Precision,

    /// <summary>
    /// trec_eval's map_cut_k: the sum of the precisions at the ranks of relevant items, over ranks 1 to k, divided by the number of
    /// all relevant items.
    /// </summary>
    AveragePrecision,

    /// <summary>trec_eval's recip_rank: 1 / the rank of the first relevant item, or 0 if there is none.</summary>
    ReciprocalRank,
}

/// <summary>A metric with its cut-off.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="CutOff">The last rank that counts; 0 if all ranks count.</param>
public readonly record struct Metric(MetricKind Kind, int CutOff)
{
    private static readonly Dictionary<MetricKind, string> s_names = new()
    {
        [MetricKind.Ndcg] = "ndcg",
        [MetricKind.HitRate] = "hr",
        [MetricKind.Recall] = "recall",
        [MetricKind.Precision] = "precision",
        [MetricKind.AveragePrecision] = "map",
    };

    /// <summary>nDCG@10, the metric that selects the best epoch.</summary>
    public static Metric NdcgAt10 { get; } = new(MetricKind.Ndcg, 10);

    /// <summary>The default metrics.</summary>
    public static IReadOnlyList<Metric> Default { get; } = [NdcgAt10, new(MetricKind.HitRate, 10), new(MetricKind.ReciprocalRank, 0)];

    /// <summary>The name: <c>ndcg@10</c>, <c>hr@5</c>, <c>mrr</c>.</summary>
    public string Name => Kind switch
    {
        MetricKind.ReciprocalRank => "mrr",
        _ => $"{s_names[Kind]}@{CutOff}",
    };

    /// <summary>Reads metric names separated by commas. nDCG@10 is always the first metric, whether named or not.</summary>
    /// <exception cref="FormatException">A name is not that of a metric.</exception>
    public static IReadOnlyList<Metric> ParseAll(string names) => [.. names.Split(',').Select(Parse).Prepend(NdcgAt10).Distinct()];

    /// <summary>The metric's value for one user's ranking.</summary>
    /// <param name="relevances">The relevance at each rank, from rank 1; 0 for an item that is not relevant.</param>
    /// <param name="ideal">The relevances of all the user's relevant items, in descending order.</param>
    public double Of(ReadOnlySpan<float> relevances, ReadOnlySpan<float> ideal)
    {
        if (ideal.IsEmpty)
            return 0;
        ReadOnlySpan<float> top = CutOff > 0 && CutOff < relevances.Length ? relevances[..CutOff] : relevances;
        switch (Kind)
        {
            case MetricKind.Ndcg:
                double best = Gain(CutOff > 0 && CutOff < ideal.Length ? ideal[..CutOff] : ideal);
                return Gain(top) / best;
            case MetricKind.HitRate:
                return FirstRelevant(top) >= 0 ? 1 : 0;
            case MetricKind.Recall:
                return (double)Relevant(top) / ideal.Length;
            case MetricKind.Precision:
                return (double)Relevant(top) / CutOff;
            case MetricKind.AveragePrecision:
                return SumOfPrecisions(top) / ideal.Length;
            default:
                return FirstRelevant(top) is >= 0 and int first ? 1.0 / (first + 1) : 0;
        }
    }

    private static int FirstRelevant(ReadOnlySpan<float> relevances) => relevances.IndexOfAnyExceptInRange(float.NegativeInfinity, 0);

    private static int Relevant(ReadOnlySpan<float> relevances)
    {
        int relevant = 0;
        foreach (float relevance in relevances)
            relevant += relevance > 0 ? 1 : 0;
        return relevant;
    }

    private static double SumOfPrecisions(ReadOnlySpan<float> relevances)
    {
        double sum = 0;
        int relevant = 0;
        for (int i = 0; i < relevances.Length; i++)
        {
            if (relevances[i] > 0)
                sum += (double)++relevant / (i + 1);
        }

        return sum;
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
        if (parts is [{ } kind, { } cut] && s_names.ContainsValue(kind)
            && int.TryParse(cut, NumberStyles.None, CultureInfo.InvariantCulture, out int cutOff) && cutOff > 0)
            return new Metric(s_names.First(known => known.Value == kind).Key, cutOff);
        string cutOffs = string.Join(", ", s_names.Values.Select(known => $"{known}@K"));
        throw new FormatException($"'{name.Trim()}' is not a metric; metrics are {cutOffs} with K of at least 1, and mrr");
    }
}
