// The metrics agree with values computed by hand and with trec_eval's definitions, written out in LINQ.

using ForecEngine.Recommenders.Evaluation;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class MetricTests
{
    private static readonly Metric s_mrr = new(MetricKind.ReciprocalRank, 0);

    [Property(MaxTest = 500)]
    public Property Every_metric_agrees_with_its_definition() =>
        Prop.ForAll(Rankings, Gen.Choose(1, 12).ToArbitrary(), (made, cutOff) =>
        {
            (float[] ranked, float[] ideal) = made;
            double Dcg(IEnumerable<float> relevances) => relevances.Take(cutOff).Select((r, i) => r / Math.Log(i + 2, 2)).Sum();
            double best = Dcg(ideal);
            Assert.Equal(best > 0 ? Dcg(ranked) / best : 0, new Metric(MetricKind.Ndcg, cutOff).Of(ranked, ideal), 1e-12);
            float[] top = [.. ranked.Take(cutOff)];
            double found = top.Count(r => r > 0), all = Math.Max(1, ideal.Length);
            Assert.Equal(found > 0 ? 1 : 0, new Metric(MetricKind.HitRate, cutOff).Of(ranked, ideal), 1e-12);
            Assert.Equal(found / all, new Metric(MetricKind.Recall, cutOff).Of(ranked, ideal), 1e-12);
            Assert.Equal(found / cutOff, new Metric(MetricKind.Precision, cutOff).Of(ranked, ideal), 1e-12);
            double precisions = top.Select((r, i) => r > 0 ? top[..(i + 1)].Count(other => other > 0) / (i + 1.0) : 0).Sum();
            Assert.Equal(precisions / all, new Metric(MetricKind.AveragePrecision, cutOff).Of(ranked, ideal), 1e-12);
            int first = Array.FindIndex(ranked, r => r > 0);
            Assert.Equal(first < 0 ? 0 : 1.0 / (1 + first), s_mrr.Of(ranked, ideal), 1e-12);
        });

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 0.63092975)]
    [InlineData(3, 0.5)]
    [InlineData(10, 0.28906483)]
    [InlineData(11, 0.0)]
    public void The_nDCG_of_one_relevant_item_is_1_over_the_logarithm_of_its_rank_plus_1(int rank, double ndcg)
    {
        float[] ranked = new float[100];
        ranked[rank - 1] = 1;
        Assert.Equal(ndcg, Metric.NdcgAt10.Of(ranked, [1]), 1e-7);
        Assert.Equal(rank <= 10 ? 1 : 0, new Metric(MetricKind.HitRate, 10).Of(ranked, [1]));
        Assert.Equal(1.0 / rank, s_mrr.Of(ranked, [1]), 1e-12);
    }

    // The items at ranks 2, 3 and 5 have grades 1, 3 and 2; another item of grade 2 was judged but is not a candidate.
    // DCG@3 = 1/log2(3) + 3/log2(4) = 2.1309; ideal 3 + 2/log2(3) + 2/log2(4) = 5.2619.
    [Fact]
    public void Grades_are_gains_and_the_ideal_ranking_has_all_judged_items()
    {
        float[] ranked = [0, 1, 3, 0, 2], ideal = [3, 2, 2, 1];
        Assert.Equal(2.1309298 / 5.2618595, new Metric(MetricKind.Ndcg, 3).Of(ranked, ideal), 1e-7);
        Assert.Equal((0, 1), (new Metric(MetricKind.HitRate, 1).Of(ranked, ideal), new Metric(MetricKind.HitRate, 3).Of(ranked, ideal)));
        Assert.Equal(0.5, new Metric(MetricKind.Recall, 3).Of(ranked, ideal));
        Assert.Equal(0.75, new Metric(MetricKind.Recall, 10).Of(ranked, ideal));
        Assert.Equal(0.3, new Metric(MetricKind.Precision, 10).Of(ranked, ideal));
        Assert.Equal((1 / 2.0 + 2 / 3.0 + 3 / 5.0) / 4, new Metric(MetricKind.AveragePrecision, 10).Of(ranked, ideal), 1e-12);
        Assert.Equal(0.5, s_mrr.Of(ranked, ideal));
    }

    [Fact]
    public void A_user_without_relevant_items_scores_zero() =>
        Assert.All(Metric.Default, metric => Assert.Equal(0, metric.Of([0, 0, 0], [])));

    [Fact]
    public void The_best_ranking_scores_one()
    {
        float[] ideal = [3, 2, 2, 1];
        Assert.Equal(1, Metric.NdcgAt10.Of([3, 2, 2, 1, 0, 0], ideal), 1e-12);
        Assert.Equal(1, new Metric(MetricKind.Ndcg, 2).Of([3, 2, 0, 0], ideal), 1e-12);
    }

    [Fact]
    public void Metric_names_are_parsed_and_nDCG_at_10_comes_first()
    {
        Assert.Equal(["ndcg@10", "hr@5", "mrr", "ndcg@20"], Metric.ParseAll(" HR@5, mrr,nDCG@20,hr@5").Select(m => m.Name));
        Assert.Equal(
            ["ndcg@10", "recall@10", "precision@5", "map@100"], Metric.ParseAll("recall@10,precision@5,map@100").Select(m => m.Name));
        Assert.Equal(Metric.Default, Metric.ParseAll(string.Join(',', Metric.Default.Select(m => m.Name))));
    }

    [Theory]
    [InlineData("ndcg")]
    [InlineData("ndcg@0")]
    [InlineData("ndcg@-1")]
    [InlineData("hr@ten")]
    [InlineData("mrr@10")]
    [InlineData("hr@99999999999")]
    [InlineData("")]
    [InlineData("auc")]
    public void An_unknown_metric_is_refused(string name)
    {
        string message = Assert.Throws<FormatException>(() => Metric.ParseAll(name)).Message;
        Assert.Contains($"'{name}' is not a metric", message, StringComparison.Ordinal);
    }

    // Relevances by rank, and the ideal ranking, which has up to three more judged items.
    private static Arbitrary<(float[] Ranked, float[] Ideal)> Rankings =>
        (from ranked in Gen.Elements(0f, 0f, 0f, 1f, 2f, 3f).ListOf()
         from missing in Gen.Elements(1f, 2f, 3f).ListOf()
         select (ranked.ToArray(), ranked.Concat(missing.Take(3)).Where(r => r > 0).OrderDescending().ToArray())).ToArbitrary();
}
