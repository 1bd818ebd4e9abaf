// The ranking of source markets: by the validation of pilot runs, then by statistics known before training.

using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class SourceSelectionTests
{
    private static readonly Experiment s_experiment = new()
    {
        Method = "gmf++",
        Preset = "paper",
        Target = "jp",
        Settings = new TrainingSettings { Gradient = new() { Epochs = 9 }, Samples = new() { BatchSize = 256 } },
        EvaluationNegatives = 15,
    };

    [Fact]
    public void Markets_with_a_pilot_are_ranked_by_validation_and_the_others_by_statistics()
    {
        IReadOnlyList<RankedSource> ranking = Rank(new SourceSelectionOptions(Pilots: 3, PilotEpochs: 2));
        Assert.Equal(["ca", "de", "fr", "uk"], ranking.Select(source => source.Prior.Market).Order(StringComparer.Ordinal));
        double[] scores = [.. ranking.Take(3).Select(source => Assert.NotNull(source.PilotNdcg))];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Null(ranking[3].PilotNdcg);
        Assert.Equal(ranking.Max(source => source.Prior.MeanRank), ranking[3].Prior.MeanRank);
    }

    [Fact]
    public void A_pilot_is_the_experiment_itself_with_fewer_epochs()
    {
        RankedSource first = Rank(new SourceSelectionOptions(PilotEpochs: 2))[0];
        using SimdDevice device = new(1);
        ExperimentOutcome outcome = new ExperimentRunner(device).Run(
            s_experiment with
            {
                Sources = [first.Prior.Market],
                Settings = s_experiment.Settings with { Gradient = s_experiment.Settings.Gradient with { Epochs = 2 } },
            },
            [Target, Candidates.First(market => market.Name == first.Prior.Market)], null, [Metric.NdcgAt10]);
        Assert.Equal(outcome.Valid?.Result.Means["ndcg@10"], first.PilotNdcg);
    }

    [Fact]
    public void Without_pilots_or_without_validation_rows_nothing_is_trained()
    {
        List<string> phases = [];
        Assert.All(
            Rank(new SourceSelectionOptions(Pilots: 0), progress: report => phases.Add(report.Phase)),
            source => Assert.Null(source.PilotNdcg));
        Market whole = Market.Prepare(TestMarkets.Random("jp", 1), SplitRules.TrainOnAll);
        Assert.All(Rank(new SourceSelectionOptions(), whole, report => phases.Add(report.Phase)), source => Assert.Null(source.PilotNdcg));
        Assert.Empty(phases);
    }

    [Fact]
    public void Progress_names_the_pilot()
    {
        HashSet<string> phases = [];
        Rank(new SourceSelectionOptions(Pilots: 1, PilotEpochs: 1), progress: report => phases.Add(report.Phase));
        Assert.Equal(2, phases.Count);
        Assert.All(phases, phase => Assert.Matches("^pilot (ca|de|fr|uk): (gmf\\+\\+|ranking)$", phase));
    }

    [Fact]
    public void The_ranking_does_not_depend_on_the_threads_nor_on_the_order_of_the_candidates()
    {
        SourceSelectionOptions options = new(Pilots: 3, PilotEpochs: 2);
        IReadOnlyList<RankedSource> one = Rank(options);
        using SimdDevice device = new(3);
        Assert.Equal(one, new SourceSelection(new ExperimentRunner(device)).Rank(s_experiment, Target, [.. Candidates.Reverse()], options));
    }

    private static Market Target => TestMarkets.Prepared("jp", 1);

    private static IReadOnlyList<Market> Candidates =>
    [
        TestMarkets.Prepared("ca", 1, users: 40), TestMarkets.Prepared("de", 1, users: 12, items: 60), TestMarkets.Prepared("fr", 1),
        TestMarkets.Prepared("uk", 1, users: 60),
    ];

    private static IReadOnlyList<RankedSource> Rank(
        SourceSelectionOptions options, Market? target = null, Action<TrainingProgress>? progress = null)
    {
        using SimdDevice device = new(1);
        return new SourceSelection(new ExperimentRunner(device)).Rank(s_experiment, target ?? Target, Candidates, options, progress);
    }
}
