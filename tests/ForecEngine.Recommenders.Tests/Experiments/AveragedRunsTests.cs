// Runs of several trainings: the scores are the mean of those of the members, whose draws are their own, on any device, also after an
// interruption or with stages of other runs.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class AveragedRunsTests : StageRuns
{
    [Theory]
    [InlineData("gmf++")]
    [InlineData("ma-gmf++")]
    [InlineData("bpr-mf++")]
    [InlineData("ddtcdr")]
    [InlineData("conet")]
    [InlineData("reptile")]
    [InlineData("forec")]
    public void The_scores_are_the_mean_of_the_members_and_the_first_is_a_single_training(string method)
    {
        ExperimentOutcome one = Run(method), two = Run(method, options: Averaged(2));
        IReadOnlyList<IFittedModel> members = ((Ensemble)two.Model).Members;
        Assert.Equal(2, members.Count);
        Assert.Equal(Bits(one.Model), Bits(members[0]));
        Assert.All(members[0].Tensors.Zip(members[1].Tensors), pair => Assert.NotEqual(pair.First.ToSingles(), pair.Second.ToSingles()));
        Assert.Equal(
            [.. one.Phases.Select(phase => phase.Name), .. one.Phases.Select(phase => $"{phase.Name}/seed-2")],
            two.Phases.Select(phase => phase.Name));
        Assert.Null(two.Optimiser);

        Ranker ranker = new(Metric.Default, threads: 1);
        using ScalarDevice device = new();
        IReadOnlyList<Real[][]> own = [];
        void Rank() => own = [.. members.Select(member => ranker.Rank(
            member.Scorer(device, 0), two.Markets[0], two.Tested().Lists).Scores)];
        if (two.WhileAdapted is { } adapted)
            adapted(Rank);
        else
            Rank();
        Real[][] found = two.Tested().Scores;
        for (int list = 0; list < found.Length; list++)
        {
            for (int item = 0; item < found[list].Length; item++)
                Assert.Equal(own.Average(scores => (double)scores[list][item]), found[list][item], 1e-5);
        }
    }

    [Theory]
    [InlineData("nmf++")]
    [InlineData("maml")]
    public void The_bits_do_not_depend_on_the_device_or_the_number_of_threads(string method)
    {
        using ScalarDevice scalar = new();
        using SimdDevice threads = new(3);
        ExperimentOutcome expected = Run(method, options: Averaged(2), on: scalar), found = Run(method, options: Averaged(2), on: threads);
        Assert.Equal(Bits(expected.Model), Bits(found.Model));
        Assert.Equal(expected.Tested().Scores, found.Tested().Scores);
    }

    [Fact]
    public void Members_take_the_stages_of_other_runs_from_the_cache()
    {
        Run("gmf++", stages: Cache());
        ExperimentOutcome two = Run("mlp++", options: Averaged(2), stages: Cache());
        Assert.Equal([true, false, false, false], two.Phases.Select(phase => phase.Cached));
        ExperimentOutcome three = Run("nmf++", options: Averaged(3), stages: Cache());
        Assert.Equal(
            [true, true, false, true, true, false, false, false, false], three.Phases.Select(phase => phase.Cached));
        Assert.Equal(Bits(Run("nmf++", options: Averaged(3)).Model), Bits(three.Model));
    }

    [Theory]
    [InlineData(KeptEpoch.Last, true)]
    [InlineData(KeptEpoch.Best, false)]
    public void A_member_is_reused_with_other_candidates_only_if_these_do_not_choose_its_epoch(KeptEpoch kept, bool isReused)
    {
        TrainingSettings settings = Averaged(2) with { Gradient = Settings.Gradient with { KeptEpoch = kept } };
        Run("gmf++", options: settings, stages: Cache());
        Assert.All(Run("gmf++", options: settings, stages: Cache()).Phases, phase => Assert.True(phase.Cached));
        ExperimentOutcome other = Run("gmf++", options: settings, stages: Cache(), negatives: 11);
        Assert.All(other.Phases, phase => Assert.Equal(isReused, phase.Cached));
    }

    [Theory]
    [InlineData("mlp++")]
    [InlineData("mlp++/seed-2")]
    public void An_interrupted_run_resumes_with_the_same_bits(string phase)
    {
        ExperimentOutcome expected = Run("nmf++", options: Averaged(2));
        Assert.Throws<OperationCanceledException>(() => Run("nmf++", options: Averaged(2), stages: Own(resumes: false), progress: report =>
        {
            if (report.Phase == phase && report.Epoch == 2)
                throw new OperationCanceledException();
        }));
        List<TrainingProgress> reports = [];
        ExperimentOutcome resumed = Run("nmf++", options: Averaged(2), stages: Own(resumes: true), progress: reports.Add);
        Assert.Equal((phase, 2), (reports[0].Phase, reports[0].Epoch));
        Assert.Equal(Bits(expected.Model), Bits(resumed.Model));
        Assert.Equal(expected.Tested().Scores, resumed.Tested().Scores);
    }

    // Fold-in has no groups of a positive and its negatives.
    [Theory]
    [InlineData("bpr-mf++", null)]
    [InlineData("gmf++", RatingLoss.SampledSoftmax)]
    public void A_model_of_a_loss_that_compares_items_is_ranked_by_all_that_is_known_of_a_user(string method, RatingLoss? loss)
    {
        ExperimentOutcome outcome = Run(method, options: Averaged(2) with { Loss = loss }, history: HistoryRows.TrainAndValid);
        Assert.All(outcome.Tested().Scores.SelectMany(scores => scores), score => Assert.True(Real.IsFinite(score)));
        Assert.NotEqual(Run(method, options: Averaged(2) with { Loss = loss }).Tested().Scores, outcome.Tested().Scores);
    }

    private static TrainingSettings Averaged(int seeds) => Settings with { AverageSeeds = seeds };

    private static IEnumerable<string> Bits(IFittedModel model) =>
        model.Tensors.Select(tensor => $"{tensor.Name} {Convert.ToHexString(tensor.Data.Span)}");
}
