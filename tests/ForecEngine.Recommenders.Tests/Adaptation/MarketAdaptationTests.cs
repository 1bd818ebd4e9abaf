// A meta-learned model ranks like a clone after one step on the support set, and is unchanged afterwards.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Adaptation;

public sealed class MarketAdaptationTests
{
    private static readonly MetaLearningSettings s_settings =
        new() { SupportSize = 20, InnerLearningRate = 0.5, AdaptOn = AdaptOn.ValidHeldOut };

    [Theory]
    [InlineData("maml")]
    [InlineData("anil")]
    public void The_ranking_is_that_of_a_clone_after_one_step_and_the_model_is_unchanged(string method)
    {
        using ScalarDevice device = new();
        PlacedMarket market = new MarketUnion([TestMarkets.Prepared("de", 1), TestMarkets.Prepared("jp", 1, users: 40)]).Place("jp");
        IReadOnlyList<CandidateList> valid = [.. SampledCandidates.Draw(market.Market, Split.Valid, 1, 15)];
        IReadOnlyList<CandidateList> test = SampledCandidates.Draw(market.Market, Split.Test, 1, 15);
        (Nmf model, Nmf clone) = (Model(device), Model(device));
        Real[][] before = Values(model);
        Ranker ranker = new(Metric.Default, 1);
        MetaLearner learner = ((MetaFit)PlanCatalog.Find(method).Phases[^1].Fit).Learner;
        SupportSet shots = new(market, valid, new MetaFit(new(), new Initialisers.SameModel(), 0.01, new(), new(), s_settings), 1);
        MarketAdaptation adaptation = new(device, [model], learner, shots, s_settings);

        Minibatch batch = shots.ToMinibatch(device);
        Tape tape = new(device);
        tape.Backward(tape.Mean(tape.BinaryCrossEntropy(clone.Logits(tape, batch), tape.Constant(batch.Labels))));
        new SgdOptimiser(device, method == "maml" ? clone.Parameters : [.. clone.Output.Parameters], s_settings.InnerLearningRate).Update();

        TestRanking ranking = new(device, model, market, HistoryRows.Train, new());
        RankedLists ranked = adaptation.Rank(ranking, ranker, test, Split.Test);
        Assert.Equal(ranker.Rank(new ModelScorer(device, clone, market.Index), market, test).Scores, ranked.Scores);
        Assert.NotEqual(ranker.Rank(new ModelScorer(device, model, market.Index), market, test).Scores, ranked.Scores);
        Assert.Equal(before, Values(model));
        Assert.All(model.Parameters, p => Assert.DoesNotContain(
            (p is EmbeddingTable table ? table.Gradient.Values.Values : ((DenseParameter)p).Gradient.Values).Span.ToArray(),
            g => g != 0));

        RankedLists scored = adaptation.Rank(ranking, ranker, valid, Split.Valid);
        Assert.Equal(shots.Unseen(valid), scored.Lists);
        Assert.True(scored.Lists.Count < valid.Count);
    }

    private static Nmf Model(IDevice device)
    {
        Nmf model = new(device, new ModelShape(64, 75, 4, [8, 10, 6]));
        model.Initialise(1, "test", 1);
        return model;
    }

    private static Real[][] Values(Nmf model) => [.. model.Parameters.Select(p => p.Value.Values.Span.ToArray())];
}
