// Evaluation: every user of ca, 100 candidates each, scored, ranked and measured. The scores are compared with the scalar device's first.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Training;

/// <summary>Evaluation of nmf on ca.</summary>
public class EvaluationBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        TrainingSettings settings = new();
        MarketUnion union = new(BenchMarkets.Load());
        Nmf model = new(device, new ModelShape(union.Users, union.Items.Count, settings.Model.Dimension, settings.Model.Layers));
        model.Initialise(seed: 1, "bench", settings.Model.StandardDeviation);
        PlacedMarket ca = union.Place("ca");
        IReadOnlyList<CandidateList> lists = SampledCandidates.Draw(ca.Market, Split.Test, seed: 1, negatives: 99);
        Ranker ranker = new(Metric.Default, 1);
        HostStorage<Real> scores = new(lists.Sum(list => list.Items.Length));
        return new(
            () =>
            {
                RankedLists ranked = ranker.Rank(new ModelScorer(device, model, ca.Index), ca, lists);
                int next = 0;
                foreach (Real[] list in ranked.Scores)
                {
                    scores.Write(next, list);
                    next += list.Length;
                }
            },
            scores.Slice());
    }
}
